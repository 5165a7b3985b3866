/// A subject that is being seen: from its first sample to its last so far.
package struct LabelInterval: Equatable, Sendable {
    /// The place of the subject in the decision's list.
    package let target: Int
    /// Its place among all that were seen, and all that came to nothing.
    package let ordinal: Int
    /// When it was seen first.
    package let start: SampleTime
    /// When it was seen last.
    package private(set) var end: SampleTime
    /// The score of the last sample in which it was seen.
    package private(set) var score: Double
    /// The highest score.
    package private(set) var peak: Double
    /// The number of samples in which it was seen. A frame that was not classified is none.
    package private(set) var samples = 1
    private var sum: Double
    /// For each class of the subject, the sum of its scores.
    private var classSums: [Double]

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

    mutating func extend(to time: SampleTime, _ sample: Sample) {
        end = time
        score = sample.score
        peak = max(peak, sample.score)
        samples += 1
        sum += sample.score
        for (index, classScore) in sample.classScores.enumerated() { classSums[index] += Double(classScore) }
    }

    /// Goes on to a frame that was not classified, because it shows what the last sample showed.
    mutating func hold(to time: SampleTime) { end = time }

    /// Seconds from the first sample to the last.
    package var duration: Double { end.monotonic - start.monotonic }

    /// The mean of the scores.
    package var mean: Double { sum / Double(samples) }

    /// Which class of the subject was seen most: its place in ``Subject/classes``.
    package var leadingClass: Int {
        classSums.indices.max { (classSums[$0], $1) < (classSums[$1], $0) } ?? 0
    }
}

/// What one sample says of a subject.
struct Sample {
    /// The sum over its classes.
    let score: Double
    private let target: LabelTarget
    private let scores: [Float]

    init(_ target: LabelTarget, scores: [Float]) {
        self.target = target
        self.scores = scores
        score = target.classes.reduce(0) { $0 + Double(scores[$1]) }
    }

    /// The score of each class.
    var classScores: some Collection<Float> { target.classes.lazy.map { scores[$0] } }
}

/// When a sample was taken, by three clocks.
package struct SampleTime: Equatable, Sendable {
    /// Seconds by the clock that decisions are made by. For a recording these are its time stamps; for a
    /// camera it is a clock that nobody sets.
    package var monotonic: Double
    /// Seconds by the time stamps of the source.
    package var media: Double
    /// What a calendar and a clock on the wall said.
    package var wallClock: Timestamp

    package init(monotonic: Double, media: Double, wallClock: Timestamp) {
        self.monotonic = monotonic
        self.media = media
        self.wallClock = wallClock
    }

    /// - Parameters:
    ///   - media: the time stamp in a recording, which is what decisions are made by.
    ///   - epoch: when the recording's time stamps were 0.
    package init(media: Double, epoch: Timestamp) {
        self.init(monotonic: media, media: media, wallClock: epoch.advanced(by: media))
    }
}
