/// Interval in which a target label is present: from its first sample to its last so far.
package struct LabelInterval: Equatable, Sendable {
    /// Index of the target in ``EventDetector/targets``.
    package let target: Int
    /// Number of intervals of the detector before this one, including those that did not hold.
    package let ordinal: Int
    /// Time of the first sample.
    package let start: SampleTime
    /// Time of the last sample, or of the last frame that equals it.
    package private(set) var end: SampleTime
    /// Score of the last sample at or above the leave threshold.
    package private(set) var score: Double
    /// Highest score.
    package private(set) var peak: Double
    /// Number of samples at or above the leave threshold. Frames that were not classified do not count.
    package private(set) var samples = 1
    private var sum: Double
    /// Sum of the scores of each class of the target.
    private var classSums: [Double]

    /// Creates an interval from its first sample.
    init(target: Int, ordinal: Int, time: SampleTime, _ sample: Sample) {
        self.target = target
        self.ordinal = ordinal
        start = time
        end = time
        score = sample.score
        peak = sample.score
        sum = sample.score
        classSums = sample.classScores.map(Double.init)
    }

    /// Extends the interval to a sample at or above the leave threshold.
    mutating func extend(to time: SampleTime, _ sample: Sample) {
        end = time
        score = sample.score
        peak = max(peak, sample.score)
        samples += 1
        sum += sample.score
        for (index, classScore) in sample.classScores.enumerated() { classSums[index] += Double(classScore) }
    }

    /// Extends the interval to a frame that was not classified because it equals the last sample.
    mutating func hold(to time: SampleTime) { end = time }

    /// Seconds from the first sample to the last.
    package var duration: Double { end.monotonic - start.monotonic }

    /// Mean of the scores.
    package var mean: Double { sum / Double(samples) }

    /// Class with the highest sum of scores, as an index in ``LabelTarget/classes``.
    package var leadingClass: Int {
        classSums.indices.max { (classSums[$0], $1) < (classSums[$1], $0) } ?? 0
    }
}

/// Scores of one sample for one target.
struct Sample {
    /// Sum of the scores of the target's classes.
    let score: Double
    private let target: LabelTarget
    private let scores: [Float]

    /// - Parameter scores: one for each class of the network.
    init(_ target: LabelTarget, scores: [Float]) {
        self.target = target
        self.scores = scores
        score = target.classes.reduce(0) { $0 + Double(scores[$1]) }
    }

    /// Score of each class of the target.
    var classScores: some Collection<Float> { target.classes.lazy.map { scores[$0] } }
}

/// Time of a sample by three clocks.
package struct SampleTime: Equatable, Sendable {
    /// Seconds by the clock of the hysteresis: the monotonic clock for a camera, the time stamps for a recording.
    package var monotonic: Double
    /// Seconds by the time stamps of the source (PTS).
    package var media: Double
    /// Wall-clock time in UTC.
    package var wallClock: Timestamp

    /// - Parameters:
    ///   - monotonic: seconds by the clock of the hysteresis.
    ///   - media: seconds by the time stamps of the source.
    ///   - wallClock: wall-clock time in UTC.
    package init(monotonic: Double, media: Double, wallClock: Timestamp) {
        self.monotonic = monotonic
        self.media = media
        self.wallClock = wallClock
    }

    /// Creates the time of a sample of a recording.
    ///
    /// - Parameters:
    ///   - media: time stamp in the recording, in seconds. It is the time of the hysteresis as well.
    ///   - epoch: wall-clock time of the time stamp 0.
    package init(media: Double, epoch: Timestamp) {
        self.init(monotonic: media, media: media, wallClock: epoch.advanced(by: media))
    }
}
