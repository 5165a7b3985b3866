import Basics

/// Scores that a classifier gives to a tracked object in one frame.
package struct ObjectClassification: Equatable, Sendable {
    /// Number of the track.
    package var track: Int
    /// Score of each class of the classifier, 0...1.
    package var scores: [Float]
    /// Predicted place of the track in the frame, in normalized coordinates; `nil` if it is not known. With it, the object is
    /// found again when other settings have numbered the tracks differently.
    package var box: BoundingBox?

    package init(track: Int, scores: [Float], box: BoundingBox? = nil) {
        self.track = track
        self.scores = scores
        self.box = box
    }
}

/// Class that a classifier sees in an object, besides the label of the detector.
package struct ObjectAttribute: Codable, Equatable, Sendable {
    /// Label of the classifier.
    package var label: String
    /// Mean score over the votes, 0...1.
    package var score: Double
}

/// Rules of the second stage: a classifier of the objects of a detector. Its votes over the track of an object give
/// attributes, and correct the label.
package struct ClassificationRules: Equatable, Sendable {
    /// Correction of a label that the detector gives to something else as well.
    package struct Correction: Equatable, Sendable {
        /// Label of the detector, as an index.
        package var label: Int
        /// Classes of the classifier that contradict it.
        package var classes: Set<Int>
        /// Sum of their mean scores from which the label is wrong, 0...1.
        package var threshold: Double
        /// Label instead, as an index among those of the model.
        package var corrected: Int
        /// Narrower labels. One is used if its classes have most of the score.
        package var kinds: [Kind] = []

        package init(label: Int, classes: Set<Int>, threshold: Double, corrected: Int, kinds: [Kind] = []) {
            self.label = label
            self.classes = classes
            self.threshold = threshold
            self.corrected = corrected
            self.kinds = kinds
        }
    }

    /// Narrower label of a correction.
    package struct Kind: Equatable, Sendable {
        /// Classes of the classifier.
        package var classes: Set<Int>
        /// Label, as an index among those of the model.
        package var label: Int

        package init(classes: Set<Int>, label: Int) {
            self.classes = classes
            self.label = label
        }
    }

    /// Names of the classifier's classes.
    package var classNames: [String]
    package var corrections: [Correction]
    /// Number of labels of the detector. The others are those that only corrections give.
    package var detectorLabels = Int.max
    /// Mean score from which a class is an attribute.
    package var attributeScore = 0.5
    /// Classes that may be attributes; `nil` for all.
    package var attributes: Set<Int>?

    package init(classNames: [String], corrections: [Correction]) {
        self.classNames = classNames
        self.corrections = corrections
    }

    /// Returns the label of an object by its votes, as an index among those of the model.
    func label(_ label: Int, _ votes: ClassVotes) -> Int {
        for correction in corrections where correction.label == label {
            let share = votes.mean(of: correction.classes)
            guard share >= correction.threshold else { continue }
            return correction.kinds.first { votes.mean(of: $0.classes) > share / 2 }?.label ?? correction.corrected
        }
        return label
    }

    /// Whether a label is a kind of another one: a bird is an animal.
    func isKind(_ label: Int, of wider: Int) -> Bool {
        corrections.contains { $0.corrected == wider && $0.kinds.contains { $0.label == label } }
    }

    /// Labels, as indices, that objects with a label of the detector may have in the end.
    func outcomes(of label: Int) -> [Int] {
        [label] + corrections.filter { $0.label == label }.flatMap { [$0.corrected] + $0.kinds.map(\.label) }
    }

    /// Returns the attributes of an object, the highest score first: at most three.
    func attributes(_ votes: ClassVotes) -> [ObjectAttribute] {
        votes.highest(3, among: attributes).filter { $0.score >= attributeScore && $0.index < classNames.count }
            .map { ObjectAttribute(label: classNames[$0.index], score: $0.score) }
    }
}

/// Votes of a classifier on one object.
///
/// A value without a clock. An object is classified in the first samples after its detection, and again later, when it may
/// be seen better. Larger images count more.
struct ClassVotes: Equatable, Sendable {
    private var sums: [Double] = []
    private var weight = 0.0
    private(set) var count = 0
    private var last = -Double.infinity

    /// Number of votes that follow each other at once.
    private static let first = 3
    /// Largest number of votes.
    private static let most = 8
    /// Time between the later votes, in seconds.
    private static let interval = 1.0
    /// Number of votes from which the label is known.
    static let enough = 2

    /// Whether another vote would be of use.
    ///
    /// - Parameter time: in seconds, by the monotonic clock.
    func wantsMore(at time: Double) -> Bool {
        count < Self.first || (count < Self.most && time - last >= Self.interval)
    }

    /// Adds a vote. A vote with another number of classes than those before is ignored.
    ///
    /// - Parameters:
    ///   - area: area of the object, as a fraction of the frame.
    ///   - time: in seconds, by the monotonic clock.
    mutating func add(_ scores: [Float], area: Double, at time: Double) {
        guard sums.isEmpty || sums.count == scores.count else { return }
        if sums.isEmpty { sums = Array(repeating: 0, count: scores.count) }
        let size = max(area, 1e-6).squareRoot()
        for index in scores.indices { sums[index] += size * Double(scores[index]) }
        weight += size
        count += 1
        last = time
    }

    /// Adds the votes on a part of the same object.
    mutating func add(_ other: ClassVotes) {
        guard other.count > 0, sums.isEmpty || sums.count == other.sums.count else { return }
        if sums.isEmpty { sums = Array(repeating: 0, count: other.sums.count) }
        for index in sums.indices { sums[index] += other.sums[index] }
        weight += other.weight
        count += other.count
        last = max(last, other.last)
    }

    /// Returns the sum of the mean scores of some classes.
    func mean(of classes: Set<Int>) -> Double {
        guard weight > 0 else { return 0 }
        return classes.sorted().reduce(0) { $0 + (sums.indices.contains($1) ? sums[$1] : 0) } / weight
    }

    /// Returns the classes with the highest mean scores.
    ///
    /// - Parameter classes: classes that count; `nil` for all.
    func highest(_ count: Int, among classes: Set<Int>? = nil) -> [(index: Int, score: Double)] {
        guard weight > 0 else { return [] }
        return sums.indices.filter { classes?.contains($0) ?? true }.sorted { (-sums[$0], $0) < (-sums[$1], $1) }
            .prefix(count).map { ($0, sums[$0] / weight) }
    }
}

/// Track with what the second stage knows of it.
struct IdentifiedTrack {
    var track: Track
    var attributes: [ObjectAttribute] = []
    /// Whether the detector does not know its label: only the second stage gives it.
    var isUnknown = false
    /// Whether its label is known: the second stage has seen it often enough, or there is none.
    var isIdentified = true
}
