/// The label that came nearest to its enter threshold in a source without events.
package struct NearestMiss: Equatable, Sendable {
    /// The label; for a group, the label with the highest score.
    package let label: String
    /// Group of the label; nil if it has none.
    package let group: String?
    /// Score in one sample; for a group, the sum of the scores of its labels.
    package let score: Double
    /// Time of the sample in seconds, by the time stamps of the source.
    package let media: Double
    /// Thresholds of the label.
    package let thresholds: Thresholds

    /// Whether the score reached the enter threshold, but not for the hold time.
    package var wasTooShort: Bool { score >= thresholds.enter }
}

/// Search for the ``NearestMiss`` among samples. A value without a clock.
package struct NearestMissSearch: Sendable {
    private var best: (target: Int, classIndex: Int, score: Double, media: Double)?

    package init() {}

    /// Adds a sample.
    ///
    /// - Parameters:
    ///   - targets: the same for all samples.
    ///   - scores: one for each class of the network.
    ///   - media: time of the sample in seconds, by the time stamps of the source.
    package mutating func observe(_ targets: [LabelTarget], scores: [Float], media: Double) {
        for (index, target) in targets.enumerated() {
            let score = target.classes.reduce(0) { $0 + Double(scores[$1]) }
            let share = score / target.thresholds.enter
            if let best, share <= best.score / targets[best.target].thresholds.enter { continue }
            let strongest = target.classes.max { (scores[$0], $1) < (scores[$1], $0) }
            best = strongest.map { (index, $0, score, media) }
        }
    }

    /// Returns the nearest miss; nil without samples or targets.
    ///
    /// - Parameters:
    ///   - targets: as for ``observe(_:scores:media:)``.
    ///   - labels: labels of the network's classes.
    package func result(_ targets: [LabelTarget], labels: [String]) -> NearestMiss? {
        best.map { best in
            NearestMiss(
                label: labels[best.classIndex], group: targets[best.target].group, score: best.score, media: best.media,
                thresholds: targets[best.target].thresholds)
        }
    }
}
