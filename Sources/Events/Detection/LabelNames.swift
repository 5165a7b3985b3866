/// The names of a network's classes, and which classes a name stands for.
///
/// Labels of ImageNet are often lists of synonyms: `warplane, military plane`. Such a label is found by any of its
/// names, and by all of them as they are written.
package struct LabelNames: Sendable {
    /// Classes by how well a name has to agree, best first: a whole label comes before a synonym in another one
    /// (`missile` before `projectile, missile`), and the same letters before the same without regard to case
    /// (`Cardigan`, the dog, before `cardigan`, the jacket).
    private let tiers: [[String: [Int]]]

    /// - Parameter labels: what the classes are called, in their order. Several may have the same name.
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

    /// The names that are in a label, between its commas.
    package static func synonyms(_ label: String) -> [String] {
        guard label.contains(",") else { return [label] }
        return label.split(separator: ",").map { piece in
            String(piece.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }.filter { !$0.isEmpty }
    }

    private static func folded(_ name: String) -> String { name.lowercased() }

    /// The classes that a name stands for; none if it is no label's.
    package func classes(of name: String) -> [Int] {
        let folded = Self.folded(name)
        return zip(tiers, [name, name, folded, folded]).lazy.compactMap { $0[$1] }.first ?? []
    }

    /// Whether a name is a label's.
    package func contains(_ name: String) -> Bool { !classes(of: name).isEmpty }

    /// The likeliest names that somebody may have meant.
    ///
    /// - Parameter groups: names that would do, too.
    package func nearest(to name: String, or groups: [String] = []) -> [String] {
        let groups = groups.map(Self.folded)
        // Synonyms say the same as the label that they are in, and shorter.
        return nearestNames(to: Self.folded(name), among: Set(tiers[3].keys).union(groups))
    }
}

/// Labels in groups that a network does not have: groups are written for many networks, so that is no mistake, but it
/// may be one.
package struct MissingLabels: Equatable, Sendable, CustomStringConvertible {
    /// A label in a group.
    package struct Member: Equatable, Sendable {
        package var group: String
        package var label: String
        /// What may have been meant; nil if that is not known.
        package var meant: String?
    }

    /// Labels of groups of which the network has others.
    package private(set) var members: [Member] = []
    /// Groups of which the network has no label.
    package private(set) var groups: [String] = []

    /// With more labels than these it is another network that the groups are for, and not a slip of the finger.
    private static let hintLimit = 10

    /// - Parameter groups: labels by the name of their group.
    /// - Returns: nil if the network has them all.
    package init?(_ groups: [String: [String]], in names: LabelNames) {
        for (group, labels) in groups.sorted(by: { $0.key < $1.key }) {
            let missing = labels.filter { !names.contains($0) }
            if !missing.isEmpty, missing.count == labels.count, labels.count > 1 {
                self.groups.append(group)
            } else {
                members += missing.map { Member(group: group, label: $0) }
            }
        }
        if self.groups.isEmpty, members.isEmpty { return nil }
        guard members.count <= Self.hintLimit else { return }
        for index in members.indices { members[index].meant = names.nearest(to: members[index].label).first }
    }

    /// All of them, in a sentence.
    package var description: String {
        let labels = members.map { member in
            "\"\(member.label)\" (\(member.group)\(member.meant.map { "; did you mean \"\($0)\"?" } ?? ""))"
        }
        let whole = groups.isEmpty ? [] : ["any label of the groups \(groups.joined(separator: ", "))"]
        return "the model does not have " + (labels + whole).joined(separator: ", ")
    }
}
