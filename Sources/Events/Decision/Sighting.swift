/// A subject that is being seen: from its first sample to its last so far.
public struct Sighting: Equatable, Sendable {
    /// The place of the subject in the decision's list.
    public let subject: Int
    /// Its place among all that were seen, and all that came to nothing.
    public let number: Int
    /// When it was seen first.
    public let start: Moment
    /// When it was seen last.
    public private(set) var end: Moment
    /// The score of the last sample in which it was seen.
    public private(set) var score: Double
    /// The highest score.
    public private(set) var peak: Double
    /// The number of samples in which it was seen. A frame that was not classified is none.
    public private(set) var samples = 1
    private var sum: Double
    /// For each class of the subject, the sum of its scores.
    private var sums: [Double]

    init(subject: Int, number: Int, time: Moment, _ sample: Sample) {
        self.subject = subject
        self.number = number
        start = time
        end = time
        score = sample.score
        peak = sample.score
        sum = sample.score
        sums = sample.parts.map(Double.init)
    }

    mutating func extend(to time: Moment, _ sample: Sample) {
        end = time
        score = sample.score
        peak = max(peak, sample.score)
        samples += 1
        sum += sample.score
        for (index, part) in sample.parts.enumerated() { sums[index] += Double(part) }
    }

    /// Goes on to a frame that was not classified, because it shows what the last sample showed.
    mutating func hold(to time: Moment) { end = time }

    /// Seconds from the first sample to the last.
    public var duration: Double { end.steady - start.steady }

    /// The mean of the scores.
    public var mean: Double { sum / Double(samples) }

    /// Which class of the subject was seen most: its place in ``Subject/classes``.
    public var leadingClass: Int {
        sums.indices.max { (sums[$0], $1) < (sums[$1], $0) } ?? 0
    }
}

/// What one sample says of a subject.
struct Sample {
    /// The sum over its classes.
    let score: Double
    private let subject: Subject
    private let scores: [Float]

    init(_ subject: Subject, scores: [Float]) {
        self.subject = subject
        self.scores = scores
        score = subject.classes.reduce(0) { $0 + Double(scores[$1]) }
    }

    /// The score of each class.
    var parts: some Collection<Float> { subject.classes.lazy.map { scores[$0] } }
}
