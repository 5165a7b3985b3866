import Basics

/// Object that a detector found in a frame.
package struct ObjectDetection: Equatable, Sendable {
    /// Index of the label among the labels of the detector.
    package var label: Int
    /// Score, 0...1.
    package var score: Double
    /// Place, in normalized coordinates of the frame.
    package var box: BoundingBox

    package init(label: Int, score: Double, box: BoundingBox) {
        self.label = label
        self.score = score
        self.box = box
    }
}
