import Basics

/// Settings that the result of an analysis depends on, as text: with the same ones, a recording needs no second analysis.
package struct ArchiveSettings: Equatable, Sendable {
    /// Settings and their values, in a fixed order.
    package let values: [Value]

    /// A setting.
    package struct Value: Equatable, Sendable {
        package var key: String
        package var value: String

        /// - Parameter value: on one line; line breaks become spaces.
        package init(_ key: String, _ value: String) {
            self.key = key
            self.value = String(value.map { $0.isNewline ? " " : $0 })
        }
    }

    package init(_ values: [Value]) { self.values = values }

    /// Reads a description.
    package init(description: String) {
        values = description.split(separator: "\n").compactMap { line in
            guard let separator = line.firstRange(of: " = ") else { return nil }
            return Value(String(line[..<separator.lowerBound]), String(line[separator.upperBound...]))
        }
    }

    /// Returns the values of a setting, which may be repeated.
    package subscript(_ key: String) -> [String] { values.filter { $0.key == key }.map(\.value) }

    /// Returns the settings with other values for a key.
    package func replacing(_ key: String, with values: [String]) -> ArchiveSettings {
        let first = self.values.firstIndex { $0.key == key } ?? self.values.endIndex
        var rest = self.values.filter { $0.key != key }
        rest.insert(contentsOf: values.map { Value(key, $0) }, at: min(first, rest.endIndex))
        return ArchiveSettings(rest)
    }

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
