/// How often a network was right, and what it took for what. A value: results go in one by one, in any order.
public struct Accuracy: Equatable, Sendable {
    /// Pictures that were looked at.
    public private(set) var pictures = 0
    /// Those of which the best label was right.
    public private(set) var top1 = 0
    /// Those of which one of the five best labels was right.
    public private(set) var top5 = 0
    /// Pictures that could not be read.
    public private(set) var unreadable = 0
    /// For what is in a picture, how often it was taken for what.
    public private(set) var confusion: [String: [String: Int]] = [:]

    public init() {}

    /// - Parameters:
    ///   - label: what is in the picture.
    ///   - classes: the places of that label among the network's; a name may stand for several.
    ///   - best: the places of the best labels, the best first.
    ///   - names: what the network calls its classes.
    public mutating func add(_ label: String, classes: Set<Int>, best: [Int], names: [String]) {
        pictures += 1
        guard let first = best.first else { return }
        let isRight = classes.contains(first)
        if isRight { top1 += 1 }
        if best.prefix(5).contains(where: classes.contains) { top5 += 1 }
        confusion[label, default: [:]][isRight ? label : names[first], default: 0] += 1
    }

    /// A picture could not be read.
    public mutating func addUnreadable() { unreadable += 1 }

    /// The part of the pictures of which the best label was right; 0 if there were none.
    public var top1Rate: Double { pictures == 0 ? 0 : Double(top1) / Double(pictures) }

    /// The part of the pictures of which one of the five best labels was right; 0 if there were none.
    public var top5Rate: Double { pictures == 0 ? 0 : Double(top5) / Double(pictures) }

    /// The confusion matrix as comma-separated values: a row for what was in the pictures, a column for what they were
    /// taken for; of the network's labels, those that occur.
    public var matrix: String {
        let actual = confusion.keys.sorted()
        let taken = Set(confusion.values.flatMap(\.keys)).union(actual).sorted()
        let rows = actual.map { label in [label] + taken.map { "\(confusion[label]?[$0] ?? 0)" } }
        return ([["actual"] + taken] + rows).map { CommaSeparated.line($0) + "\n" }.joined()
    }
}
