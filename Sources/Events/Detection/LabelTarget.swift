/// Something that can be seen: a label, or a group of labels that count as one.
package struct LabelTarget: Equatable, Sendable {
    /// The classes that belong to it. The score of a group is the sum of theirs: they exclude each other.
    package var classes: [Int]
    /// The name of the group, if it is one.
    package var group: String?
    /// When it begins and ends.
    package var thresholds: Thresholds

    package init(classes: [Int], group: String?, thresholds: Thresholds) {
        self.classes = classes
        self.group = group
        self.thresholds = thresholds
    }
}

/// Which of a network's classes are looked for, and how they are grouped.
package struct LabelTargetRules: Sendable {
    /// Labels by group.
    package var groups: [String: [String]] = [:]
    /// Labels and groups that are looked for; all if it is empty.
    package var allowed: [String] = []
    /// Labels and groups that are not looked for.
    package var ignored: [String] = []
    /// When labels and groups begin and end that have no thresholds of their own.
    package var thresholds = Thresholds()
    /// Thresholds of single labels and groups.
    package var overrides: [String: Thresholds] = [:]

    package init() {}

    /// The subjects, in the order of their first classes. Labels in groups that the network does not have are left out;
    /// ``LackingLabels`` finds them.
    ///
    /// - Parameter labels: the names of the classes. A name stands for them as ``LabelNames`` says.
    /// - Throws: ``SubjectError``.
    package func targets(for labels: [String]) throws(LabelTargetError) -> [LabelTarget] {
        let index = try LabelIndex(labels: labels, groups: groups)
        var wanted = Set(labels.indices)
        if !allowed.isEmpty { wanted = try index.classes(of: allowed) }
        wanted.subtract(try index.classes(of: ignored))
        if wanted.isEmpty, !ignored.isEmpty { throw .nothingLeft(ignored: ignored) }
        var thresholds = [Thresholds](repeating: self.thresholds, count: labels.count)
        // A group's thresholds first: those of a label in it are more particular.
        let names = overrides.keys.sorted { (index.isGroup($0) ? 0 : 1, $0) < (index.isGroup($1) ? 0 : 1, $1) }
        for name in names {
            for classIndex in try index.classes(of: [name]) {
                thresholds[classIndex] = overrides[name] ?? self.thresholds
            }
        }
        return grouped(wanted, labelIndex: index, thresholds: thresholds)
    }

    private func grouped(_ wanted: Set<Int>, labelIndex: LabelIndex, thresholds: [Thresholds]) -> [LabelTarget] {
        var targets: [LabelTarget] = []
        var indexByGroup: [String: Int] = [:]
        for classIndex in wanted.sorted() {
            if let group = labelIndex.group(of: classIndex) {
                if let index = indexByGroup[group] {
                    targets[index].classes.append(classIndex)
                    continue
                }
                indexByGroup[group] = targets.count
            }
            targets.append(
                LabelTarget(
                    classes: [classIndex], group: labelIndex.group(of: classIndex), thresholds: thresholds[classIndex]))
        }
        return targets
    }
}

/// Finds classes by the names of labels and groups.
private struct LabelIndex {
    private let names: LabelNames
    private var classesByGroup: [String: [Int]] = [:]
    private var groupByClass: [Int: String] = [:]

    /// - Throws: ``SubjectError`` for a label that is in two groups.
    init(labels: [String], groups: [String: [String]]) throws(LabelTargetError) {
        names = LabelNames(labels)
        for (group, members) in groups.sorted(by: { $0.key < $1.key }) {
            classesByGroup[group.lowercased(), default: []] += []
            for label in members {
                for classIndex in names.classes(of: label) {
                    if let first = groupByClass[classIndex], first != group {
                        throw .inTwoGroups(label: label, first, group)
                    }
                    if groupByClass.updateValue(group, forKey: classIndex) == nil {
                        classesByGroup[group.lowercased(), default: []].append(classIndex)
                    }
                }
            }
        }
    }

    func isGroup(_ name: String) -> Bool { classesByGroup[name.lowercased()] != nil }

    func group(of classIndex: Int) -> String? { groupByClass[classIndex] }

    func classes(of names: [String]) throws(LabelTargetError) -> Set<Int> {
        var classes: Set<Int> = []
        for name in names {
            // A group may have the name of a label in it: then both are meant.
            let group = classesByGroup[name.lowercased()]
            let found = (group ?? []) + self.names.classes(of: name)
            guard !found.isEmpty else {
                if group != nil { throw .emptyGroup(name) }
                throw .unknown(
                    UnknownLabel(name: name, nearest: self.names.nearest(to: name, or: Array(classesByGroup.keys))))
            }
            classes.formUnion(found)
        }
        return classes
    }
}

/// Why it cannot be said what is looked for.
package enum LabelTargetError: Error, Equatable, CustomStringConvertible {
    case unknown(UnknownLabel)
    /// A group of which the network has no label.
    case emptyGroup(String)
    /// A label cannot count twice.
    case inTwoGroups(label: String, String, String)
    /// What is ignored takes away everything that is looked for.
    case nothingLeft(ignored: [String])

    package var description: String {
        switch self {
        case .unknown(let label): label.description
        case .emptyGroup(let group): "the model has none of the labels of the group \"\(group)\""
        case .inTwoGroups(let label, let first, let second):
            "the label \"\(label)\" is in two groups, \"\(first)\" and \"\(second)\"; it can be in one"
        case .nothingLeft(let ignored):
            "nothing is left to look for: \"ignore\" (\(ignored.joined(separator: ", "))) takes away everything that is looked for"
        }
    }
}

/// A name that is neither a label nor a group.
package struct UnknownLabel: Error, Equatable, CustomStringConvertible {
    /// What was asked for.
    package let name: String
    /// Names that may have been meant, the likeliest first.
    package let nearest: [String]

    package init(name: String, nearest: [String]) {
        self.name = name
        self.nearest = nearest
    }

    package var description: String { "there is no label or group \"\(name)\"\(hint)" }

    /// What may have been meant, to be put behind a sentence.
    var hint: String {
        nearest.isEmpty ? "" : "; did you mean \(nearest.map { "\"\($0)\"" }.joined(separator: ", "))?"
    }
}
