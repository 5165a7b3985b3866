import Capture
import Events

/// How recordings are worked through.
public struct RecordingSettings: Sendable {
    /// Which pictures are looked at.
    public var sampling: Sampling
    /// How they are brought into the network's shape.
    public var fit: Fit
    /// How many pictures are worked on at the same time.
    public var lanes: Int
    /// How many threads the decoder may use.
    public var decoderThreads: Int
    /// What is looked for.
    public var subjects: [Subject]
    /// What the network's classes are called.
    public var labels: [String]
    /// The network's name.
    public var model: String
    /// When the first picture was taken, if somebody knows better than the file.
    public var start: Timestamp?
    /// Which part of a recording is analysed.
    public var part: RecordingPart

    public init(
        sampling: Sampling, fit: Fit, lanes: Int, decoderThreads: Int,
        subjects: [Subject], labels: [String], model: String, start: Timestamp?,
        part: RecordingPart = .all
    ) {
        self.sampling = sampling
        self.fit = fit
        self.lanes = lanes
        self.decoderThreads = decoderThreads
        self.subjects = subjects
        self.labels = labels
        self.model = model
        self.start = start
        self.part = part
    }
}
