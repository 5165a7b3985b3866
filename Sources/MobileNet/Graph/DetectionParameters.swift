/// Post-processing of a single-shot detector (Liu et al., "SSD: Single Shot MultiBox Detector", 2016): decoding of
/// bounding boxes and non-maximum suppression, as TensorFlow Lite's `TFLite_Detection_PostProcess` and OpenVINO's
/// `DetectionOutput` do them.
///
/// A row of the box tensor holds the offsets of a bounding box from its anchor. A row of the score tensor holds a score
/// for each class. A bounding box that overlaps a better one of its class is suppressed.
public struct DetectionParameters: Equatable, Hashable, Sendable {
    /// Order of the columns of the box tensor.
    public enum BoxOrder: String, CaseIterable, Sendable, Codable {
        /// Centre y, centre x, height, width: TensorFlow.
        case yxhw
        /// Centre x, centre y, width, height: Caffe, OpenVINO, PyTorch.
        case xywh
    }

    /// Place of the column of the score tensor that stands for no object.
    public enum Background: String, CaseIterable, Sendable, Codable {
        /// The first column if there is one more than ``DetectionParameters/classes``, else none.
        case first
        /// The last column.
        case last
    }

    /// When bounding boxes are clipped to the image.
    public enum Clipping: String, CaseIterable, Sendable, Codable {
        /// Never: edges may lie outside of the image.
        case never
        /// Before suppression, which compares the clipped bounding boxes.
        case beforeSuppression
        /// After suppression.
        case afterSuppression
    }

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
    /// Divisors of the four columns of the box tensor, in their order: the inverse of the variances.
    public var scales: [Float]
    /// Whether suppression runs for each class ("regular"), and not only between the best classes ("fast").
    public var isPerClass: Bool
    /// Maximum number of bounding boxes of one class, if suppression runs for each class.
    public var mostPerClass: Int
    /// Maximum number of bounding boxes, the best of each class, that suppression takes; `nil` for all.
    public var mostCandidates: Int?
    /// Order of the columns of the box tensor.
    public var boxOrder = BoxOrder.yxhw
    /// Place of the background in the score tensor.
    public var background = Background.first
    /// When bounding boxes are clipped to the image.
    public var clipping = Clipping.never

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

    /// Ranges of the values that are not of the input tensors, for ``Layer``.
    var areInRange: Bool {
        scales.count == 4 && scales.allSatisfy { $0.isFinite && $0 != 0 }
            && (1...10_000).contains(most) && (1...100).contains(classesPerBox)
            && (1...10_000).contains(mostPerClass) && (1...1 << 20).contains(mostCandidates ?? 1)
    }
}

/// Keys that the first version did not have are written only if their values differ from what it did.
extension DetectionParameters: Codable {
    private enum CodingKeys: String, CodingKey {
        case most, classesPerBox, classes, scoreThreshold, overlapThreshold, scales, isPerClass, mostPerClass
        case mostCandidates, boxOrder, background, clipping
    }

    /// - Throws: `DecodingError` for a missing or an unknown value.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            most: try container.decode(Int.self, forKey: .most),
            classesPerBox: try container.decode(Int.self, forKey: .classesPerBox),
            classes: try container.decode(Int.self, forKey: .classes),
            scoreThreshold: try container.decode(Float.self, forKey: .scoreThreshold),
            overlapThreshold: try container.decode(Float.self, forKey: .overlapThreshold),
            scales: try container.decode([Float].self, forKey: .scales),
            isPerClass: try container.decode(Bool.self, forKey: .isPerClass),
            mostPerClass: try container.decode(Int.self, forKey: .mostPerClass))
        mostCandidates = try container.decodeIfPresent(Int.self, forKey: .mostCandidates)
        boxOrder = try container.decodeIfPresent(BoxOrder.self, forKey: .boxOrder) ?? .yxhw
        background = try container.decodeIfPresent(Background.self, forKey: .background) ?? .first
        clipping = try container.decodeIfPresent(Clipping.self, forKey: .clipping) ?? .never
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(most, forKey: .most)
        try container.encode(classesPerBox, forKey: .classesPerBox)
        try container.encode(classes, forKey: .classes)
        try container.encode(scoreThreshold, forKey: .scoreThreshold)
        try container.encode(overlapThreshold, forKey: .overlapThreshold)
        try container.encode(scales, forKey: .scales)
        try container.encode(isPerClass, forKey: .isPerClass)
        try container.encode(mostPerClass, forKey: .mostPerClass)
        try container.encodeIfPresent(mostCandidates, forKey: .mostCandidates)
        if boxOrder != .yxhw { try container.encode(boxOrder, forKey: .boxOrder) }
        if background != .first { try container.encode(background, forKey: .background) }
        if clipping != .never { try container.encode(clipping, forKey: .clipping) }
    }
}
