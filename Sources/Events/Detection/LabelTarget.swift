/// A target of the event detector: a label, or a group of labels that count as one.
package struct LabelTarget: Equatable, Sendable {
    /// Classes of the target. The score of a group is the sum of the scores of its classes, which exclude each other.
    package var classes: [Int]
    /// Name of the group; nil for a single label.
    package var group: String?
    /// Thresholds and delays of the hysteresis.
    package var thresholds: Thresholds

    package init(classes: [Int], group: String?, thresholds: Thresholds) {
        self.classes = classes
        self.group = group
        self.thresholds = thresholds
    }
}

/// Selection and grouping of target labels.
package struct LabelTargetRules: Sendable {
    /// Labels by group name.
    package var groups: [String: [String]] = [:]
    /// Target labels and groups; empty for all.
    package var allowed: [String] = []
    /// Labels and groups that are no targets, even if ``allowed`` names them.
    package var ignored: [String] = []
    /// Thresholds of the labels and groups without overrides.
    package var thresholds = Thresholds()
    /// Thresholds of single labels and groups.
    package var overrides: [String: Thresholds] = [:]

    /// Creates rules by which every label is a target.
    package init() {}

    /// Returns the targets, in the order of their first classes. Labels in groups that the network does not have are
    /// skipped; ``MissingLabels`` finds them.
    ///
    /// - Parameter labels: labels of the classes. Names find them by the rules of ``LabelNames``.
    /// - Throws: ``LabelTargetError``.
    package func targets(for labels: [String]) throws(LabelTargetError) -> [LabelTarget] {
        let index = try LabelIndex(labels: labels, groups: groups)
        var wanted = Set(labels.indices)
        if !allowed.isEmpty { wanted = try index.classes(of: allowed) }
        wanted.subtract(try index.classes(of: ignored))
        if wanted.isEmpty, !ignored.isEmpty { throw .nothingLeft(ignored: ignored) }
        var thresholds = [Thresholds](repeating: self.thresholds, count: labels.count)
        // Thresholds of a label take precedence over those of its group.
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

    /// - Throws: ``LabelTargetError`` for a label in two groups.
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

    /// Whether a group has the name, in any case.
    func isGroup(_ name: String) -> Bool { classesByGroup[name.lowercased()] != nil }

    /// Returns the group of a class; nil if it is in none.
    func group(of classIndex: Int) -> String? { groupByClass[classIndex] }

    /// Returns the classes of labels and groups.
    ///
    /// - Throws: ``LabelTargetError`` for an unknown name, or a group without classes.
    func classes(of names: [String]) throws(LabelTargetError) -> Set<Int> {
        var classes: Set<Int> = []
        for name in names {
            // A group may have the name of a label in it. The name then finds both.
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

/// Invalid selection of target labels.
package enum LabelTargetError: Error, Equatable, CustomStringConvertible {
    /// A name that is neither a label nor a group.
    case unknown(UnknownLabel)
    /// The network has no label of the group.
    case emptyGroup(String)
    /// A label cannot count twice.
    case inTwoGroups(label: String, String, String)
    /// The ignored labels and groups include every target label.
    case nothingLeft(ignored: [String])
    /// Zones, lines or object masks, and a network that finds no objects.
    case objectsNeedDetector
    /// Regions, and a network that finds objects.
    case regionsNeedClassifier

    package var description: String {
        switch self {
        case .unknown(let label): label.description
        case .emptyGroup(let group): "the model has none of the labels of the group \"\(group)\""
        case .inTwoGroups(let label, let first, let second):
            "the label \"\(label)\" is in two groups, \"\(first)\" and \"\(second)\"; it can be in one"
        case .nothingLeft(let ignored):
            "no target label is left: \"ignore\" (\(ignored.joined(separator: ", "))) excludes all of them"
        case .objectsNeedDetector:
            "zones, lines and object masks need a model that detects objects; this one gives labels"
        case .regionsNeedClassifier:
            "regions and tiles need a model that gives labels; this one detects objects, in zones"
        }
    }
}

/// A name that is neither a label nor a group.
package struct UnknownLabel: Error, Equatable, CustomStringConvertible {
    /// The name as it was written.
    package let name: String
    /// Similar names, the most similar first.
    package let nearest: [String]

    package init(name: String, nearest: [String]) {
        self.name = name
        self.nearest = nearest
    }

    package var description: String { "there is no label or group \"\(name)\"\(hint)" }

    /// Suggestion of similar names, to be appended to a sentence.
    var hint: String {
        nearest.isEmpty ? "" : "; did you mean \(nearest.map { "\"\($0)\"" }.joined(separator: ", "))?"
    }
}
