import Foundation

/// The schema of event records, docs/events.schema.json.
package enum EventSchema {
    private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("docs/events.schema.json")

    /// Loads the schema.
    package static func load() throws -> JSONSchema { try JSONSchema(Data(contentsOf: file)) }

    /// Validates lines of JSON as event records.
    ///
    /// - Parameters:
    ///   - text: lines of a log, of standard output or of a socket; of a file of samples, with `sample`.
    ///   - definition: name of the only allowed kind of line in `$defs`; nil for any event record.
    /// - Returns: the violations, each with its line; empty if all lines are valid.
    package static func violations(in text: String, definition: String? = nil) throws -> [String] {
        let schema = try load()
        return text.split(separator: "\n").flatMap { line -> [String] in
            guard let value = try? JSONValue(line.utf8) else { return ["not JSON: \(line)"] }
            return schema.violations(of: value, definition: definition).map { "\($0) in \(line)" }
        }
    }
}
