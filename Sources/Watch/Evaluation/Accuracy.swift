/// How often a network was right, and what it took for what. A value: results go in one by one, in any order.
package struct Accuracy: Equatable, Sendable {
    /// Images that were looked at.
    package private(set) var pictures = 0
    /// Those of which the best label was right.
    package private(set) var top1 = 0
    /// Those of which one of the five best labels was right.
    package private(set) var top5 = 0
    /// Images that could not be read.
    package private(set) var unreadable = 0
    /// For what is in an image, how often it was taken for what.
    package private(set) var confusion: [String: [String: Int]] = [:]

    package init() {}

    /// - Parameters:
    ///   - label: what is in the image.
    ///   - classes: the places of that label among the network's; a name may stand for several.
    ///   - best: the places of the best labels, the best first.
    ///   - names: what the network calls its classes.
    package mutating func add(_ label: String, classes: Set<Int>, best: [Int], names: [String]) {
        pictures += 1
        guard let first = best.first else { return }
        let isRight = classes.contains(first)
        if isRight { top1 += 1 }
        if best.prefix(5).contains(where: classes.contains) { top5 += 1 }
        confusion[label, default: [:]][isRight ? label : names[first], default: 0] += 1
    }

    /// An image could not be read.
    package mutating func addUnreadable() { unreadable += 1 }

    /// The part of the images of which the best label was right; 0 if there were none.
    package var top1Rate: Double { pictures == 0 ? 0 : Double(top1) / Double(pictures) }

    /// The part of the images of which one of the five best labels was right; 0 if there were none.
    package var top5Rate: Double { pictures == 0 ? 0 : Double(top5) / Double(pictures) }

    /// The confusion matrix as comma-separated values: a row for what was in the images, a column for what they were
    /// taken for; of the network's labels, those that occur.
    package var matrix: String {
        let actual = confusion.keys.sorted()
        let taken = Set(confusion.values.flatMap(\.keys)).union(actual).sorted()
        let rows = actual.map { label in [label] + taken.map { "\(confusion[label]?[$0] ?? 0)" } }
        return ([["actual"] + taken] + rows).map { CommaSeparated.line($0) + "\n" }.joined()
    }
}
