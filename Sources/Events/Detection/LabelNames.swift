import Basics

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
        for (at, names) in names.enumerated() {
            for name in names where classes[name]?.last != at { classes[name, default: []].append(at) }
        }
        return classes
    }

    /// The names that are in a label, between its commas.
    package static func synonyms(_ label: String) -> [String] {
        guard label.contains(",") else { return [label] }
        return label.split(separator: ",").map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
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
