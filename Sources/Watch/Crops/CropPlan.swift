import Basics
import Capture
import Events

/// Object that a tracker follows, with its predicted place in the next frame.
package struct PredictedObject: Equatable, Sendable {
    /// Number of the track.
    package var number: Int
    /// Predicted place, in normalized coordinates of the upright frame.
    package var box: BoundingBox
    /// Time for which it was searched and not found, in seconds.
    package var missedTime: Double
    /// Whether it should be inspected in this frame, also if it does not move.
    package var isUrgent: Bool
    /// Whether the second stage should classify it in this frame.
    package var wantsClassification: Bool

    package init(
        number: Int, box: BoundingBox, missedTime: Double = 0, isUrgent: Bool = false,
        wantsClassification: Bool = false
    ) {
        self.number = number
        self.box = box
        self.missedTime = missedTime
        self.isUrgent = isUrgent
        self.wantsClassification = wantsClassification
    }
}

/// Parts of a frame that the network gets.
package struct CropPlan: Equatable, Sendable {
    /// Whether the network gets the whole frame.
    package var hasWholeFrame: Bool
    /// Crops, the most urgent one first.
    package var crops: [FrameCrop]
    /// Whether nothing would be searched better than it is in this plan, as there are no crops of the frame.
    package var isComplete: Bool

    package init(hasWholeFrame: Bool, crops: [FrameCrop] = [], isComplete: Bool = false) {
        self.hasWholeFrame = hasWholeFrame
        self.crops = crops
        self.isComplete = isComplete
    }

    /// Plan without crops, for a frame that is too small for them or has none.
    package static let onlyWholeFrame = CropPlan(hasWholeFrame: true, isComplete: true)

    /// Regions to be scaled: the whole frame first.
    package var regions: [Region] { (hasWholeFrame ? [.full] : []) + crops.map(\.region) }

    /// Regions that the network searches; `nil` for the whole frame.
    package var coverage: Coverage? {
        isComplete ? nil : Coverage(hasWholeFrame: hasWholeFrame, crops: crops.map(\.box))
    }
}
