/// Something in the configuration that is wrong, or that could be better, and where it stands.
package struct ConfigurationProblem: Error, Equatable, Sendable, CustomStringConvertible {
    /// How bad it is.
    package enum Severity: Equatable, Sendable {
        /// The configuration is refused.
        case error
        /// The configuration works, and could be better.
        case warning
    }

    /// Of the file, as it was given.
    package let file: String
    package let place: Place
    package let severity: Severity
    /// What is wrong, and what would be right, in a sentence. Nothing secret is in it.
    package let text: String

    /// `file:line:column: text`, on one line.
    package var description: String {
        "\(file):\(place.line):\(place.column): \(severity == .warning ? "warning: " : "")\(text)"
    }
}

/// Everything that is wrong with a configuration, in the order of the file. At least one of them is an error.
package struct ConfigurationProblems: Error, Equatable, Sendable, CustomStringConvertible {
    package let list: [ConfigurationProblem]

    /// A line for each.
    package var description: String { list.map(\.description).joined(separator: "\n") }
}

/// Where something stands in a text file. Lines and columns are counted from 1.
package struct Place: Hashable, Comparable, Sendable {
    package let line: Int
    /// In Unicode's scalars, as editors mostly count.
    package let column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static func < (a: Place, b: Place) -> Bool { (a.line, a.column) < (b.line, b.column) }
}
