/// Reads and writes lines of comma-separated values (RFC 4180): a field with a comma, a quotation mark or a line break is
/// quoted, and its quotation marks are doubled.
package enum CommaSeparated {
    /// Joins fields to a line, without a line break.
    package static func line(_ fields: [String]) -> String { fields.map(quoted).joined(separator: ",") }

    private static func quoted(_ field: String) -> String {
        guard field.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return field }
        return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    /// Splits a line into fields, and trims those without quotation marks; `nil` if a quotation mark is misplaced or
    /// missing.
    package static func fields(of line: Substring) -> [String]? {
        var fields: [String] = []
        var rest = line
        while true {
            guard let field = takeField(from: &rest) else { return nil }
            fields.append(field)
            guard rest.first == "," else { return rest.isEmpty ? fields : nil }
            rest.removeFirst()
        }
    }

    private static func takeField(from rest: inout Substring) -> String? {
        let start = rest.drop { $0.isWhitespace }
        guard start.first == "\"" else {
            let field = start.prefix { $0 != "," }
            rest = start.dropFirst(field.count)
            return field.contains("\"") ? nil : trimmed(field)
        }
        var field = ""
        rest = start.dropFirst()
        while true {
            field += rest.prefix { $0 != "\"" }
            rest = rest.drop { $0 != "\"" }
            guard !rest.isEmpty else { return nil }
            rest.removeFirst()
            guard rest.first == "\"" else { break }
            field.append("\"")
            rest.removeFirst()
        }
        rest = rest.drop { $0.isWhitespace }
        return field
    }

    private static func trimmed(_ field: Substring) -> String {
        var field = field
        while field.last?.isWhitespace == true { field.removeLast() }
        return String(field)
    }
}
