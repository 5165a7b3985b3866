import Basics

/// Finds the classes of a network by name.
///
/// Labels of ImageNet are often lists of synonyms: `warplane, military plane`. Each synonym finds such a label, and
/// so does the whole list.
package struct LabelNames: Sendable {
    /// Classes by name, best match first. A whole label precedes a synonym in another label (`missile` before
    /// `projectile, missile`), and the exact case precedes any case (`Cardigan`, the dog, before `cardigan`, the
    /// jacket).
    private let tiers: [[String: [Int]]]

    /// - Parameter labels: labels of the classes, in their order. Several classes may have the same label.
    package init(_ labels: [String]) {
        let whole = labels.map { [$0] }
        let synonyms = labels.map(Self.synonyms)
        tiers = [whole, synonyms, whole.map { $0.map(Self.folded) }, synonyms.map { $0.map(Self.folded) }].map(
            Self.index)
    }

    private static func index(_ names: [[String]]) -> [String: [Int]] {
        var classes: [String: [Int]] = [:]
        for (index, names) in names.enumerated() {
            for name in names where classes[name]?.last != index { classes[name, default: []].append(index) }
        }
        return classes
    }

    /// Returns the synonyms in a label, which commas separate.
    package static func synonyms(_ label: String) -> [String] {
        guard label.contains(",") else { return [label] }
        return label.split(separator: ",").map { piece in
            String(piece.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }.filter { !$0.isEmpty }
    }

    private static func folded(_ name: String) -> String { name.lowercased() }

    /// Returns the classes of a name; none if no label has it.
    package func classes(of name: String) -> [Int] {
        let folded = Self.folded(name)
        return zip(tiers, [name, name, folded, folded]).lazy.compactMap { $0[$1] }.first ?? []
    }

    /// Whether a label has the name.
    package func contains(_ name: String) -> Bool { !classes(of: name).isEmpty }

    /// Returns similar names, the most similar first.
    ///
    /// - Parameter groups: names of label groups, which are candidates too.
    package func nearest(to name: String, or groups: [String] = []) -> [String] {
        let groups = groups.map(Self.folded)
        // A synonym is as good as the label that it is in, and shorter.
        return nearestNames(to: Self.folded(name), among: Set(tiers[3].keys).union(groups))
    }
}

/// Labels in groups that a network does not have. Groups are written for many networks, so they are a warning and not
/// an error.
package struct MissingLabels: Equatable, Sendable, CustomStringConvertible {
    /// A missing label of a group.
    package struct Member: Equatable, Sendable {
        /// Name of the group.
        package var group: String
        /// The label as the group has it.
        package var label: String
        /// A similar label of the network; nil if there is none, or too many labels are missing.
        package var meant: String?
    }

    /// Missing labels of groups of which the network has other labels.
    package private(set) var members: [Member] = []
    /// Groups of which the network has no label.
    package private(set) var groups: [String] = []

    /// Greatest number of missing labels for which similar ones are suggested. More of them indicate groups for
    /// another network, not typing errors.
    private static let hintLimit = 10

    /// Most groups that a sentence names.
    private static let namedGroups = 20

    /// - Parameter groups: labels by group name.
    /// - Returns: nil if the network has all labels.
    package init?(_ groups: [String: [String]], in names: LabelNames) {
        let single = groups.values.count { $0.count == 1 && !names.contains($0[0]) }
        for (group, labels) in groups.sorted(by: { $0.key < $1.key }) {
            let missing = labels.filter { !names.contains($0) }
            // The label of a small group may be a typing error, but not those of many.
            let isWhole = missing.count == labels.count && (labels.count > 1 || single > Self.hintLimit)
            if !missing.isEmpty, isWhole {
                self.groups.append(group)
            } else {
                members += missing.map { Member(group: group, label: $0) }
            }
        }
        if self.groups.isEmpty, members.isEmpty { return nil }
        guard members.count <= Self.hintLimit else { return }
        for index in members.indices { members[index].meant = names.nearest(to: members[index].label).first }
    }

    /// Sentence that lists all missing labels and groups.
    package var description: String {
        let labels = members.map { member in
            "\"\(member.label)\" (\(member.group)\(member.meant.map { "; did you mean \"\($0)\"?" } ?? ""))"
        }
        let more = groups.count - Self.namedGroups
        let named = groups.prefix(Self.namedGroups).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
        let whole = groups.isEmpty ? [] : ["any label of the groups \(named)"]
        return "the model does not have " + (labels + whole).joined(separator: ", ")
    }
}
