/// Something in the configuration that is wrong, or that could be better, and where it stands.
public struct ConfigurationProblem: Error, Equatable, Sendable, CustomStringConvertible {
    /// How bad it is.
    public enum Severity: Equatable, Sendable {
        /// The configuration is refused.
        case error
        /// The configuration works, and could be better.
        case warning
    }

    /// Of the file, as it was given.
    public let file: String
    public let place: Place
    public let severity: Severity
    /// What is wrong, and what would be right, in a sentence. Nothing secret is in it.
    public let text: String

    /// `file:line:column: text`, on one line.
    public var description: String {
        "\(file):\(place.line):\(place.column): \(severity == .warning ? "warning: " : "")\(text)"
    }
}

/// Everything that is wrong with a configuration, in the order of the file. At least one of them is an error.
public struct ConfigurationProblems: Error, Equatable, Sendable, CustomStringConvertible {
    public let list: [ConfigurationProblem]

    /// A line for each.
    public var description: String { list.map(\.description).joined(separator: "\n") }
}

/// Where something stands in a text file. Lines and columns are counted from 1.
public struct Place: Hashable, Comparable, Sendable {
    public let line: Int
    /// In Unicode's scalars, as editors mostly count.
    public let column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    public static func < (a: Place, b: Place) -> Bool { (a.line, a.column) < (b.line, b.column) }
}
