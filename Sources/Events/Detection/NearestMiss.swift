/// What came nearest to being seen where nothing was.
package struct NearestMiss: Equatable, Sendable {
    package let label: String
    /// The group that the label belongs to, if it does.
    package let group: String?
    /// The score in one sample; of a group, the sum of its labels'.
    package let score: Double
    /// When, in seconds, by the time stamps of the source.
    package let media: Double
    /// What it would have taken.
    package let thresholds: Thresholds

    /// Whether the score was high enough, but not for long enough.
    package var wasTooShort: Bool { score >= thresholds.enter }
}

/// Looks for the ``NearestMiss`` among samples. A value without a clock.
package struct NearestMissSearch: Sendable {
    private var best: (target: Int, classIndex: Int, score: Double, media: Double)?

    package init() {}

    /// Takes a sample.
    package mutating func observe(_ targets: [LabelTarget], scores: [Float], media: Double) {
        for (index, target) in targets.enumerated() {
            let score = target.classes.reduce(0) { $0 + Double(scores[$1]) }
            let share = score / target.thresholds.enter
            if let best, share <= best.score / targets[best.target].thresholds.enter { continue }
            let strongest = target.classes.max { (scores[$0], $1) < (scores[$1], $0) }
            best = strongest.map { (index, $0, score, media) }
        }
    }

    /// - Parameters:
    ///   - subjects: as above.
    ///   - labels: what the network's classes are called.
    package func result(_ targets: [LabelTarget], labels: [String]) -> NearestMiss? {
        best.map { best in
            NearestMiss(
                label: labels[best.classIndex], group: targets[best.target].group, score: best.score, media: best.media,
                thresholds: targets[best.target].thresholds)
        }
    }
}
