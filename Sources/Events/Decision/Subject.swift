/// Something that can be seen: a label, or a group of labels that count as one.
public struct Subject: Equatable, Sendable {
    /// The classes that belong to it. The score of a group is the sum of theirs: they exclude each other.
    public var classes: [Int]
    /// The name of the group, if it is one.
    public var group: String?
    /// When it begins and ends.
    public var thresholds: Thresholds

    public init(classes: [Int], group: String?, thresholds: Thresholds) {
        self.classes = classes
        self.group = group
        self.thresholds = thresholds
    }
}

/// Which of a network's classes are looked for, and how they are grouped.
public struct SubjectRules: Sendable {
    /// Labels by group.
    public var groups: [String: [String]] = [:]
    /// Labels and groups that are looked for; all if it is empty.
    public var allowed: [String] = []
    /// Labels and groups that are not looked for.
    public var ignored: [String] = []
    /// When labels and groups begin and end that have no thresholds of their own.
    public var thresholds = Thresholds()
    /// Thresholds of single labels and groups.
    public var overrides: [String: Thresholds] = [:]

    public init() {}

    /// The subjects, in the order of their first classes.
    ///
    /// - Parameter labels: the names of the classes. Names are compared without regard to case.
    /// - Throws: ``UnknownLabel`` for a name that is neither a label nor a group.
    public func subjects(for labels: [String]) throws(UnknownLabel) -> [Subject] {
        let index = LabelIndex(labels: labels, groups: groups)
        for members in groups.sorted(by: { $0.key < $1.key }).map(\.value) {
            for label in members { _ = try index.classes(ofLabel: label) }
        }
        var wanted = Set(labels.indices)
        if !allowed.isEmpty { wanted = try index.classes(of: allowed) }
        wanted.subtract(try index.classes(of: ignored))
        var thresholds = [Thresholds](repeating: self.thresholds, count: labels.count)
        // A group's thresholds first: those of a label in it are more particular.
        let names = overrides.keys.sorted { (index.isGroup($0) ? 0 : 1, $0) < (index.isGroup($1) ? 0 : 1, $1) }
        for name in names {
            for at in try index.classes(of: [name]) { thresholds[at] = overrides[name] ?? self.thresholds }
        }
        return grouped(wanted, index: index, thresholds: thresholds)
    }

    private func grouped(_ wanted: Set<Int>, index: LabelIndex, thresholds: [Thresholds]) -> [Subject] {
        var subjects: [Subject] = []
        var places: [String: Int] = [:]
        for at in wanted.sorted() {
            if let group = index.group(of: at) {
                if let place = places[group] {
                    subjects[place].classes.append(at)
                    continue
                }
                places[group] = subjects.count
            }
            subjects.append(Subject(classes: [at], group: index.group(of: at), thresholds: thresholds[at]))
        }
        return subjects
    }
}

/// Finds classes by the names of labels and groups.
private struct LabelIndex {
    private var classesByLabel: [String: [Int]] = [:]
    private var classesByGroup: [String: [Int]] = [:]
    private var groupByClass: [Int: String] = [:]

    init(labels: [String], groups: [String: [String]]) {
        for (at, label) in labels.enumerated() { classesByLabel[label.lowercased(), default: []].append(at) }
        for (group, members) in groups.sorted(by: { $0.key < $1.key }) {
            for at in members.flatMap({ classesByLabel[$0.lowercased()] ?? [] }) where groupByClass[at] == nil {
                groupByClass[at] = group
                classesByGroup[group.lowercased(), default: []].append(at)
            }
        }
    }

    func isGroup(_ name: String) -> Bool { classesByGroup[name.lowercased()] != nil }

    func group(of at: Int) -> String? { groupByClass[at] }

    func classes(ofLabel name: String) throws(UnknownLabel) -> [Int] {
        guard let classes = classesByLabel[name.lowercased()] else {
            throw UnknownLabel(name: name, nearest: nearest(to: name))
        }
        return classes
    }

    func classes(of names: [String]) throws(UnknownLabel) -> Set<Int> {
        var classes: Set<Int> = []
        for name in names {
            // A group may have the name of a label in it: then both are meant.
            let group = classesByGroup[name.lowercased()]
            let label = classesByLabel[name.lowercased()]
            guard group != nil || label != nil else { throw UnknownLabel(name: name, nearest: nearest(to: name)) }
            classes.formUnion((group ?? []) + (label ?? []))
        }
        return classes
    }

    private func nearest(to name: String) -> [String] {
        nearestNames(to: name.lowercased(), among: Set(classesByLabel.keys).union(classesByGroup.keys))
    }
}

/// A name that is neither a label nor a group.
public struct UnknownLabel: Error, Equatable, CustomStringConvertible {
    /// What was asked for.
    public let name: String
    /// Names that may have been meant, the likeliest first.
    public let nearest: [String]

    public init(name: String, nearest: [String]) {
        self.name = name
        self.nearest = nearest
    }

    public var description: String {
        let hint = nearest.isEmpty ? "" : "; did you mean \(nearest.map { "\"\($0)\"" }.joined(separator: ", "))?"
        return "there is no label or group \"\(name)\"\(hint)"
    }
}
