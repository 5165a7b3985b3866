import Capture
import Events

/// How recordings are worked through.
package struct RecordingSettings: Sendable {
    /// Which frames are looked at.
    package var sampling: Sampling
    /// How they are brought into the network's shape.
    package var fit: Fit
    /// How many frames are worked on at the same time.
    package var workers: Int
    /// How many threads the decoder may use.
    package var decoderThreads: Int
    /// What is looked for.
    package var targets: [LabelTarget]
    /// What the network's classes are called.
    package var labels: [String]
    /// The network's name.
    package var model: String
    /// When the first frame was taken, if somebody knows better than the file.
    package var start: Timestamp?
    /// Which part of a recording is analysed.
    package var part: RecordingPart

    package init(
        sampling: Sampling, fit: Fit, workers: Int, decoderThreads: Int,
        targets: [LabelTarget], labels: [String], model: String, start: Timestamp?,
        part: RecordingPart = .all
    ) {
        self.sampling = sampling
        self.fit = fit
        self.workers = workers
        self.decoderThreads = decoderThreads
        self.targets = targets
        self.labels = labels
        self.model = model
        self.start = start
        self.part = part
    }
}
