/// Post-processing of a single-shot detector (Liu et al., "SSD: Single Shot MultiBox Detector", 2016): decoding of
/// bounding boxes and non-maximum suppression, as TensorFlow Lite's `TFLite_Detection_PostProcess` does them.
///
/// A row of the box tensor holds the offsets of a bounding box from its anchor (centre y, centre x, height, width). A
/// row of the score tensor holds a score for each class. A bounding box that overlaps a better one of its class is
/// suppressed.
public struct DetectionParameters: Equatable, Hashable, Sendable, Codable {
    /// Maximum number of detections in the output.
    public var most: Int
    /// Maximum number of classes reported for one bounding box.
    public var classesPerBox: Int
    /// Number of classes, without the background.
    public var classes: Int
    /// Minimum score. Bounding boxes below it are ignored.
    public var scoreThreshold: Float
    /// Maximum intersection over union with a better bounding box. Bounding boxes above it are suppressed.
    public var overlapThreshold: Float
    /// Divisors of the four columns of the box tensor: y, x, height, width.
    public var scales: [Float]
    /// Whether suppression runs for each class ("regular"), and not only between the best classes ("fast").
    public var isPerClass: Bool
    /// Maximum number of bounding boxes of one class, if suppression runs for each class.
    public var mostPerClass: Int

    /// Creates the parameters; see the properties.
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

    /// Number of columns of the output: top, left, bottom and right edge in normalized coordinates (0–1), class (from
    /// 0, without the background), score.
    public static let columns = 6
}
