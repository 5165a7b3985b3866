import Basics
import Capture

/// Object that a tracker follows, with its predicted place in the next frame.
package struct PredictedObject: Equatable, Sendable {
    /// Number of the track.
    package var number: Int
    /// Predicted place, in normalized coordinates of the upright frame.
    package var box: BoundingBox
    /// Time since the last detection of the object, in seconds.
    package var unseen: Double

    package init(number: Int, box: BoundingBox, unseen: Double = 0) {
        self.number = number
        self.box = box
        self.unseen = unseen
    }
}

/// Parts of a frame that the network gets.
package struct CropPlan: Equatable, Sendable {
    /// Whether the network gets the whole frame.
    package var hasWholeFrame: Bool
    /// Crops, the most urgent one first.
    package var crops: [FrameCrop]

    package init(hasWholeFrame: Bool, crops: [FrameCrop] = []) {
        self.hasWholeFrame = hasWholeFrame
        self.crops = crops
    }

    /// Regions to be scaled: the whole frame first.
    package var regions: [Region] { (hasWholeFrame ? [.full] : []) + crops.map(\.region) }

    /// Places that the network gets. An object outside of them is not missing.
    package var coverage: [BoundingBox] {
        (hasWholeFrame ? [BoundingBox(x: 0, y: 0, width: 1, height: 1)] : []) + crops.map(\.box)
    }

    /// Whether the network gets an object whole and large enough to be found.
    ///
    /// An object that is too small for the whole frame is not missing if only that has no detection of it.
    ///
    /// - Parameter box: place in normalized coordinates of the upright frame.
    package func shows(_ box: BoundingBox) -> Bool {
        let box = box.clampedToFrame
        if hasWholeFrame, max(box.width, box.height) >= Self.leastInWholeFrame { return true }
        return crops.contains { crop in
            guard let object = PixelBox(box, in: crop.frame) else { return false }
            return crop.pixels.contains(object)
        }
    }

    /// Width or height of the smallest object that networks reliably find in the whole frame, as a fraction of the
    /// frame's.
    private static let leastInWholeFrame = 0.15
}
