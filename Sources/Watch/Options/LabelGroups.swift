import Basics
import Events
import FoundationEssentials
import Yams

/// Reads files of label groups, as those of Config/groups.
package enum LabelGroups {
    /// Reads a YAML mapping of each group's name to its labels.
    ///
    /// - Throws: ``FileError``.
    package static func read(_ path: String) throws(FileError) -> [String: [String]] {
        let bytes = try Files.read(path, atMost: Files.largestText)
        do {
            return try YAMLDecoder().decode([String: [String]].self, from: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw FileError(path: path, kind: .malformed, reason: problem(error))
        }
    }

    private static func problem(_ error: any Error) -> String {
        let form = "groups are written as `cat: [tabby, Persian cat]`, a line for each"
        var cause: (any Error)? = error
        if case .dataCorrupted(let context) = error as? DecodingError { cause = context.underlyingError }
        switch cause as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _):
            return "line \(mark.line): \(problem); \(form)"
        default: return form
        }
    }

    /// Parses a JSON object that maps each group's name to its labels; `nil` for anything else.
    package static func parse(_ text: String) -> [String: [String]]? {
        try? JSONDecoder().decode([String: [String]].self, from: Data(text.utf8))
    }

    /// Formats groups as a JSON object on one line: the same groups always give the same text.
    package static func text(_ groups: [String: [String]]) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(groups)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    /// Reads groups, and checks them against a network.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - labels: names of the network's classes. ``MissingLabels`` finds labels that the network does not have.
    /// - Throws: ``FileError``, also for a label that is in two groups.
    package static func read(_ path: String, labels: [String]) throws(FileError) -> [String: [String]] {
        let groups = try read(path)
        do {
            _ = try DetectionSettings().targets(for: labels, groups: groups)
        } catch {
            throw FileError(path: path, kind: .malformed, reason: "\(error)")
        }
        return groups
    }
}
