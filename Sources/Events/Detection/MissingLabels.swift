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
    private static let mostHints = 10

    /// - Parameter groups: labels by the name of their group.
    /// - Returns: nil if the network has them all.
    package init?(_ groups: [String: [String]], in names: LabelNames) {
        for (group, labels) in groups.sorted(by: { $0.key < $1.key }) {
            let lacking = labels.filter { !names.contains($0) }
            if !lacking.isEmpty, lacking.count == labels.count, labels.count > 1 {
                self.groups.append(group)
            } else {
                members += lacking.map { Member(group: group, label: $0) }
            }
        }
        if self.groups.isEmpty, members.isEmpty { return nil }
        guard members.count <= Self.mostHints else { return }
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
