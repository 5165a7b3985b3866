/// Post-processing of a single-shot detector whose file ends with box offsets and scores: options of an import.
///
/// An option that is `nil` is the default of the format.
public struct DetectorOptions: Sendable {
    /// Column of the scores that stands for no object.
    public enum Background: String, CaseIterable, Sendable {
        /// The first column: TensorFlow.
        case first
        /// The last column: Intel's networks.
        case last
        /// No column.
        case none
    }

    /// Path of a file with an anchor (prior box) for each row of the boxes: `[rows, 4]` in float32, little-endian, with
    /// the left, top, right and bottom edge in normalized coordinates (0–1). `nil` for a network without boxes, or with
    /// its own post-processing.
    public var anchorsFile: String?
    /// Factors of the four columns of the box offsets.
    public var variances: [Float]?
    /// Order of the columns of the box offsets.
    public var boxOrder: DetectionParameters.BoxOrder?
    /// Column of the scores that stands for no object.
    public var background: Background?
    /// Minimum score of a detection.
    public var scoreThreshold: Float = 0.02
    /// Maximum intersection over union of a detection with a better one of its class.
    public var overlapThreshold: Float = 0.45
    /// Maximum number of detections, and of candidates of each class.
    public var most = 200

    /// Creates options that change nothing.
    public init() {}
}
