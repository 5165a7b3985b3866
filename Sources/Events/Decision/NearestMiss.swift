/// What came nearest to being seen where nothing was.
public struct NearestMiss: Equatable, Sendable {
    public let label: String
    /// The group that the label belongs to, if it does.
    public let group: String?
    /// The score in one sample; of a group, the sum of its labels'.
    public let score: Double
    /// When, in seconds, by the time stamps of the source.
    public let media: Double
    /// What it would have taken.
    public let thresholds: Thresholds

    /// Whether the score was high enough, but not for long enough.
    public var wasTooShort: Bool { score >= thresholds.enter }
}

/// Looks for the ``NearestMiss`` among samples. A value without a clock.
public struct NearestMissSearch: Sendable {
    private var best: (subject: Int, place: Int, score: Double, media: Double)?

    public init() {}

    /// Takes a sample.
    public mutating func observe(_ subjects: [Subject], scores: [Float], media: Double) {
        for (index, subject) in subjects.enumerated() {
            let score = subject.classes.reduce(0) { $0 + Double(scores[$1]) }
            let share = score / subject.thresholds.enter
            if let best, share <= best.score / subjects[best.subject].thresholds.enter { continue }
            let place = subject.classes.max { (scores[$0], $1) < (scores[$1], $0) }
            best = place.map { (index, $0, score, media) }
        }
    }

    /// - Parameters:
    ///   - subjects: as above.
    ///   - labels: what the network's classes are called.
    public func result(_ subjects: [Subject], labels: [String]) -> NearestMiss? {
        best.map { best in
            NearestMiss(
                label: labels[best.place], group: subjects[best.subject].group, score: best.score, media: best.media,
                thresholds: subjects[best.subject].thresholds)
        }
    }
}
