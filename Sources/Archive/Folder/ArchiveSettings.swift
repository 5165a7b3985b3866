import Basics

/// Settings that the result of an analysis depends on, as text: with the same ones, a recording needs no second analysis.
package struct ArchiveSettings: Equatable, Sendable {
    /// Settings and their values, in a fixed order.
    package let values: [Value]

    /// A setting.
    package struct Value: Equatable, Sendable {
        package var key: String
        package var value: String

        package init(_ key: String, _ value: String) { (self.key, self.value) = (key, value) }
    }

    package init(_ values: [Value]) { self.values = values }

    /// One line for each setting.
    package var description: String { values.map { "\($0.key) = \($0.value)\n" }.joined() }

    /// SHA-256 of the description.
    package var fingerprint: String { Checksum.of(Array(description.utf8)) }

    /// Returns the settings that differ from a description.
    package func differences(from other: String) -> [String] {
        let lines = Set(other.split(separator: "\n").map(String.init))
        return values.filter { !lines.contains("\($0.key) = \($0.value)") }.map(\.key)
    }
}
