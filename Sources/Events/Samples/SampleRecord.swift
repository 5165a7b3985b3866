import Basics

/// Everything that the event detector takes from one sample of a recording. The same records give the same events.
package struct SampleRecord: Equatable, Sendable {
    /// Output of the networks.
    package enum Output: Equatable, Sendable {
        /// Scores of a classifier: one for each class.
        case scores([Float])
        /// Objects of a detector. `coverage` is what it searched; `nil` for the whole frame. `classifications` are those
        /// of the second stage.
        case objects([ObjectDetection], coverage: Coverage?, classifications: [ObjectClassification])
    }

    /// Seconds by the time stamps of the recording.
    package var media: Double
    /// Jumps of the time stamps since the sample before, in seconds.
    package var steps: [Double]
    package var output: Output
    /// Feature vectors of the sample: of the whole image first, then of objects. Empty without features.
    package var features: [SampleFeature]

    package init(media: Double, steps: [Double] = [], output: Output, features: [SampleFeature] = []) {
        self.media = media
        self.steps = steps
        self.output = output
        self.features = features
    }
}

/// Scores of a classifier that events are made of.
package enum SampleScores {
    /// Scores below it count as 0: a thousand classes have as many of them as they have of noise. Stored samples leave them
    /// out, and so events do not depend on whether they come from a recording or from its stored samples.
    package static let least: Float = 0.0005

    /// Returns the scores with those below ``least`` set to 0.
    package static func significant(_ scores: [Float]) -> [Float] { scores.map { $0 < least ? 0 : $0 } }
}
