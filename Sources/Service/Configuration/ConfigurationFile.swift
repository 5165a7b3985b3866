import Basics
import Events

/// A configuration, as it was read from a file, and where things stand in that.
package struct ConfigurationFile: Sendable {
    /// The path of the file, as it was given.
    package let path: String
    package let configuration: Configuration
    /// What could be better.
    package let warnings: [ConfigurationProblem]

    let labels: [DiagnosticContext.LabelMention]
    /// Where values stand, by their keys from the top of the file on.
    let places: [String: Place]
    /// Every key that can be there.
    let known: Set<String>
    /// Every key that is there, with what it has to be.
    let found: [DiagnosticContext.Found]

    /// Where it is if nobody says otherwise.
    package static let standardPath = "/etc/lookout/lookout.yaml"

    /// Reads a file.
    ///
    /// - Throws: ``FileError`` if it cannot be read, ``ConfigurationProblems`` with everything that is wrong.
    package init(path: String) throws { try self.init(yaml: Files.read(path, atMost: Files.largestText), path: path) }

    /// Reads nothing but the bytes. What needs a model or a disk is checked by ``problems(labels:groups:)`` and
    /// ``problemsOnDisk(models:credentials:)``.
    ///
    /// - Parameters:
    ///   - yaml: the contents of the file.
    ///   - path: for messages.
    /// - Throws: everything that is wrong, at once.
    package init(yaml: [UInt8], path: String) throws(ConfigurationProblems) {
        let reading = DiagnosticContext(file: path)
        let configuration = ConfigurationReader(reading).read(yaml)
        let problems = reading.problems
        if problems.contains(where: { $0.severity == .error }) { throw ConfigurationProblems(list: problems) }
        self.path = path
        self.configuration = configuration
        warnings = problems
        labels = reading.labels
        places = reading.places
        known = reading.known
        found = reading.found
    }
}
