import Basics
import Events

/// Configuration that was read from a file, with the positions of its values.
package struct ConfigurationFile: Sendable {
    /// Path of the file, as it was given.
    package let path: String
    package let configuration: Configuration
    package let warnings: [ConfigurationProblem]

    let labels: [DiagnosticContext.LabelMention]
    /// Positions of values by their full keys.
    let places: [String: Place]
    /// Every key of the file, with the values it allows.
    let found: [DiagnosticContext.Found]

    /// Path of the configuration if none is given.
    package static let standardPath = "/etc/lookout/lookout.yaml"

    /// Reads a file.
    ///
    /// - Throws: ``FileError`` if it cannot be read, ``ConfigurationProblems`` with everything that is wrong.
    package init(path: String) throws { try self.init(yaml: Files.read(path, atMost: Files.largestText), path: path) }

    /// Reads the contents of a file. Checks that need a model or a disk are in ``problems(labels:groups:)`` and
    /// ``problemsOnDisk(_:)``.
    ///
    /// - Parameters:
    ///   - yaml: the contents of the file.
    ///   - path: for messages.
    /// - Throws: everything that is wrong, at once.
    package init(yaml: [UInt8], path: String) throws(ConfigurationProblems) {
        let diagnostics = DiagnosticContext(file: path)
        let configuration = ConfigurationReader(diagnostics).read(yaml)
        let problems = diagnostics.problems
        if problems.contains(where: { $0.severity == .error }) { throw ConfigurationProblems(list: problems) }
        self.path = path
        self.configuration = configuration
        warnings = problems
        labels = diagnostics.labels
        places = diagnostics.places
        found = diagnostics.found
    }

    /// Makes a problem at the position of a key's value.
    package func problem(
        _ key: String, _ text: String, _ severity: ConfigurationProblem.Severity = .error
    ) -> ConfigurationProblem {
        ConfigurationProblem(
            file: path, place: places[key] ?? Place(line: 1, column: 1), severity: severity, text: text)
    }
}

/// Error or warning about the configuration, with its position.
package struct ConfigurationProblem: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Severity: Equatable, Sendable {
        /// The configuration is refused.
        case error
        /// The configuration is used.
        case warning
    }

    /// Path of the file, as it was given.
    package let file: String
    package let place: Place
    package let severity: Severity
    /// Sentence that states the mistake and the allowed values. It contains no secrets.
    package let text: String

    /// `file:line:column: text`, on one line.
    package var description: String {
        "\(file):\(place.line):\(place.column): \(severity == .warning ? "warning: " : "")\(text)"
    }
}

/// Everything that is wrong with a configuration, in the order of the file. At least one problem is an error.
package struct ConfigurationProblems: Error, Equatable, Sendable, CustomStringConvertible {
    package let list: [ConfigurationProblem]

    /// A line for each.
    package var description: String { list.map(\.description).joined(separator: "\n") }
}

/// Position in a text file. Lines and columns are counted from 1.
package struct Place: Hashable, Comparable, Sendable {
    package let line: Int
    /// In Unicode scalars, as most editors count.
    package let column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static func < (a: Place, b: Place) -> Bool { (a.line, a.column) < (b.line, b.column) }
}
