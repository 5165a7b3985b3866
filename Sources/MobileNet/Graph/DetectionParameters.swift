/// How boxes are made of the outputs of a single-shot detector (Liu et al., "SSD", 2016), as
/// TensorFlow Lite's `TFLite_Detection_PostProcess` does it.
///
/// A row of the box table says how far the box lies from its anchor (centre y, centre x, height, width); a row
/// of the score table has a score for each class. Boxes that overlap a better one of their class go.
public struct DetectionParameters: Equatable, Hashable, Sendable, Codable {
    /// How many boxes come out at most.
    public var most: Int
    /// How many classes a box may be listed for.
    public var classesPerBox: Int
    /// How many classes there are, without the background.
    public var classes: Int
    /// Boxes below this score are not looked at.
    public var scoreThreshold: Float
    /// Boxes that overlap a better one by more than this (intersection over union) go.
    public var overlapThreshold: Float
    /// What the four columns of the box table are divided by: y, x, height, width.
    public var scales: [Float]
    /// Whether overlaps are looked for class by class, and not only between the best classes of the boxes.
    public var isPerClass: Bool
    /// How many boxes of a class are looked at, if it is class by class.
    public var mostPerClass: Int

    public init(
        most: Int, classesPerBox: Int = 1, classes: Int, scoreThreshold: Float, overlapThreshold: Float,
        scales: [Float], isPerClass: Bool = false, mostPerClass: Int = 100
    ) {
        self.most = most
        self.classesPerBox = classesPerBox
        self.classes = classes
        self.scoreThreshold = scoreThreshold
        self.overlapThreshold = overlapThreshold
        self.scales = scales
        self.isPerClass = isPerClass
        self.mostPerClass = mostPerClass
    }

    /// The columns of the output: top, left, bottom and right edge in parts of the image, class (from 0, without
    /// the background), score.
    public static let columns = 6
}
