import Foundation

/// A JSON Schema (draft 2020-12), and a validator of the subset of keywords that docs/events.schema.json uses.
///
/// A keyword that the validator does not know is an error of the schema: a test must not pass because of it.
package struct JSONSchema: Sendable {
    /// An error of the schema itself.
    package struct SchemaError: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    private let root: JSONValue

    /// Keywords without an effect on validation.
    private static let annotations: Set = ["$schema", "$id", "$defs", "title", "description", "examples"]
    private static let keywords: Set = [
        "$ref", "additionalProperties", "anyOf", "const", "enum", "items", "maxItems", "maximum", "minItems", "minimum",
        "oneOf", "pattern", "properties", "required", "type",
    ]
    private static let types: Set = ["null", "boolean", "number", "integer", "string", "array", "object"]

    /// Parses a schema, and checks its keywords and references.
    ///
    /// - Throws: `DecodingError` if it is not JSON, ``SchemaError`` if it is not a schema of the subset.
    package init(_ text: some Sequence<UInt8>) throws {
        root = try JSONValue(text)
        try check(root, at: "#")
        for (name, schema) in root["$defs"]?.object ?? [:] { try check(schema, at: "#/$defs/\(name)") }
    }

    /// Names of the schemas in `$defs`.
    package var definitions: Set<String> { Set((root["$defs"]?.object ?? [:]).keys) }

    /// Validates a value.
    ///
    /// - Parameter definition: name of the schema in `$defs`; nil for the whole schema.
    /// - Returns: the violations, each with the path of the value; empty if it is valid.
    package func violations(of value: JSONValue, definition: String? = nil) -> [String] {
        guard let definition else { return violations(value, root, at: "") }
        guard let schema = root["$defs"]?[definition] else { return ["there is no #/$defs/\(definition)"] }
        return violations(value, schema, at: "")
    }

    // MARK: - The schema

    private func check(_ schema: JSONValue, at path: String) throws {
        if case .bool = schema { return }
        guard let members = schema.object else { throw SchemaError(description: "\(path) is not a schema") }
        if let unknown = members.keys.filter({ !Self.keywords.union(Self.annotations).contains($0) }).min() {
            throw SchemaError(description: "\(path): unknown keyword \(unknown)")
        }
        if let reference = members["$ref"], target(of: reference) == nil {
            throw SchemaError(description: "\(path): \(reference) leads nowhere")
        }
        for type in Self.list(members["type"]) where !Self.types.contains(type.string ?? "") {
            throw SchemaError(description: "\(path): unknown type \(type)")
        }
        if let pattern = members["pattern"] { _ = try regex(pattern, at: path) }
        for (key, property) in members["properties"]?.object ?? [:] { try check(property, at: "\(path)/\(key)") }
        for key in ["items", "additionalProperties"] {
            if let nested = members[key] { try check(nested, at: "\(path)/\(key)") }
        }
        for key in ["oneOf", "anyOf"] {
            for (index, nested) in (members[key]?.array ?? []).enumerated() {
                try check(nested, at: "\(path)/\(key)/\(index)")
            }
        }
    }

    private func target(of reference: JSONValue) -> JSONValue? {
        let prefix = "#/$defs/"
        guard let text = reference.string, text.hasPrefix(prefix) else { return nil }
        return root["$defs"]?[String(text.dropFirst(prefix.count))]
    }

    private func regex(_ pattern: JSONValue, at path: String) throws -> Regex<AnyRegexOutput> {
        guard let text = pattern.string, let regex = try? Regex(text) else {
            throw SchemaError(description: "\(path): \(pattern) is not a regular expression")
        }
        return regex
    }

    private static func list(_ value: JSONValue?) -> [JSONValue] { value.map { $0.array ?? [$0] } ?? [] }

    // MARK: - Validation

    private func violations(_ value: JSONValue, _ schema: JSONValue, at path: String) -> [String] {
        if case .bool(let accepts) = schema { return accepts ? [] : ["\(path): not allowed"] }
        let rules = schema.object ?? [:]
        var violations: [String] = []
        if let reference = rules["$ref"], let target = target(of: reference) {
            violations += self.violations(value, target, at: path)
        }
        violations += valueViolations(value, rules).map { "\(path): \($0)" }
        violations += objectViolations(value, rules, at: path)
        if let count = value.array.map({ Double($0.count) }) {
            if let least = rules["minItems"]?.number, count < least { violations.append("\(path): too few items") }
            if let most = rules["maxItems"]?.number, count > most { violations.append("\(path): too many items") }
        }
        for (index, element) in (value.array ?? []).enumerated() {
            if let items = rules["items"] { violations += self.violations(element, items, at: "\(path)/\(index)") }
        }
        return violations + alternativeViolations(value, rules, at: path)
    }

    private func valueViolations(_ value: JSONValue, _ rules: [String: JSONValue]) -> [String] {
        var violations: [String] = []
        let types = Self.list(rules["type"])
        if !types.isEmpty, !types.contains(where: { Self.hasType(value, $0.string) }) {
            violations.append("\(value) is not of type \(types.map { $0.string ?? "" }.joined(separator: " or "))")
        }
        if let const = rules["const"], const != value { violations.append("\(value) is not \(const)") }
        if let values = rules["enum"]?.array, !values.contains(value) {
            violations.append("\(value) is none of \(values.map(\.description).joined(separator: ", "))")
        }
        if let number = value.number {
            if let minimum = rules["minimum"]?.number, number < minimum {
                violations.append("\(value) is below \(JSONValue.number(minimum))")
            }
            if let maximum = rules["maximum"]?.number, number > maximum {
                violations.append("\(value) is above \(JSONValue.number(maximum))")
            }
        }
        if let text = value.string, let pattern = rules["pattern"], let regex = try? regex(pattern, at: ""),
            text.firstMatch(of: regex) == nil
        {
            violations.append("\(value) does not match \(pattern)")
        }
        return violations
    }

    private static func hasType(_ value: JSONValue, _ type: String?) -> Bool {
        switch value {
        case .null: type == "null"
        case .bool: type == "boolean"
        case .number(let number): type == "number" || type == "integer" && number == number.rounded()
        case .string: type == "string"
        case .array: type == "array"
        case .object: type == "object"
        }
    }

    private func objectViolations(_ value: JSONValue, _ rules: [String: JSONValue], at path: String) -> [String] {
        guard let members = value.object else { return [] }
        let properties = rules["properties"]?.object ?? [:]
        var violations = Self.list(rules["required"]).compactMap(\.string).filter { members[$0] == nil }
            .map { "\(path): \($0) is missing" }
        for (key, member) in members.sorted(by: { $0.key < $1.key }) {
            if let schema = properties[key] ?? rules["additionalProperties"] {
                violations += self.violations(member, schema, at: "\(path)/\(key)")
            }
        }
        return violations
    }

    private func alternativeViolations(_ value: JSONValue, _ rules: [String: JSONValue], at path: String) -> [String] {
        var violations: [String] = []
        for (keyword, allowed) in [("oneOf", 1...1), ("anyOf", 1...Int.max)] {
            guard let schemas = rules[keyword]?.array else { continue }
            let results = schemas.map { self.violations(value, $0, at: path) }
            let matches = results.count(where: \.isEmpty)
            guard !allowed.contains(matches) else { continue }
            violations.append("\(path): matches \(matches) of \(schemas.count) alternatives")
            // The alternative with the fewest violations is the one that was meant.
            if matches == 0 { violations += results.min { $0.count < $1.count } ?? [] }
        }
        return violations
    }
}
