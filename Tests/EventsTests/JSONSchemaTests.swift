import TestSupport
import Testing

/// The validator itself: every keyword accepts and rejects.
@Suite(.timeLimit(.minutes(10))) struct JSONSchemaTests {
    @Test(arguments: [
        (#"{"type":"object"}"#, "{}", "[]", ": [] is not of type object"),
        (#"{"type":"integer"}"#, "3", "3.5", ": 3.5 is not of type integer"),
        (#"{"type":"integer"}"#, "3.0", "true", ": true is not of type integer"),
        (#"{"type":"number"}"#, "3.5", #""3""#, #": "3" is not of type number"#),
        (#"{"type":"boolean"}"#, "true", "1", ": 1 is not of type boolean"),
        (#"{"type":["string","null"]}"#, "null", "1", ": 1 is not of type string or null"),
        (#"{"enum":["a",1]}"#, "1", #""b""#, #": "b" is none of "a", 1"#),
        (#"{"const":1}"#, "1", "true", ": true is not 1"),
        (#"{"minimum":0}"#, "0", "-0.5", ": -0.5 is below 0"),
        (#"{"maximum":1}"#, "1", "1.5", ": 1.5 is above 1"),
        (#"{"pattern":"^[0-9]{2}$"}"#, #""12""#, #""123""#, #": "123" does not match "^[0-9]{2}$""#),
        (#"{"items":{"type":"string"}}"#, #"["a"]"#, "[1]", "/0: 1 is not of type string"),
        (#"{"required":["a"]}"#, #"{"a":1}"#, "{}", ": a is missing"),
        (#"{"properties":{"a":{"const":1}}}"#, #"{"b":2}"#, #"{"a":2}"#, "/a: 2 is not 1"),
        (
            #"{"properties":{"a":true},"additionalProperties":false}"#, #"{"a":1}"#, #"{"a":1,"b":1}"#,
            "/b: not allowed"
        ),
        (#"{"additionalProperties":{"type":"string"}}"#, #"{"a":""}"#, #"{"a":1}"#, "/a: 1 is not of type string"),
        (
            ##"{"$ref":"#/$defs/a","maximum":2,"$defs":{"a":{"minimum":1}}}"##, "1", "3", ": 3 is above 2"
        ),
        (##"{"items":{"$ref":"#/$defs/a"},"$defs":{"a":{"minimum":1}}}"##, "[1]", "[0]", "/0: 0 is below 1"),
    ])
    func keywords(_ schema: String, _ valid: String, _ invalid: String, _ violation: String) throws {
        let schema = try JSONSchema(schema.utf8)
        #expect(try schema.violations(of: JSONValue(valid.utf8)) == [])
        #expect(try schema.violations(of: JSONValue(invalid.utf8)) == [violation])
    }

    @Test func exactlyOneAlternativeOfOneOfMatches() throws {
        let schema = try JSONSchema(#"{"oneOf":[{"minimum":2},{"maximum":3},{"const":9}]}"#.utf8)
        #expect(schema.violations(of: .number(1)) == [])
        #expect(schema.violations(of: .number(2)) == [": matches 2 of 3 alternatives"])
        let none = try JSONSchema(#"{"oneOf":[{"const":1,"minimum":1},{"type":"string"}]}"#.utf8)
        #expect(
            none.violations(of: .number(0)) == [": matches 0 of 2 alternatives", ": 0 is not of type string"],
            "the nearest alternative explains")
    }

    @Test func atLeastOneAlternativeOfAnyOfMatches() throws {
        let schema = try JSONSchema(#"{"anyOf":[{"minimum":2},{"minimum":4}]}"#.utf8)
        #expect(schema.violations(of: .number(5)) == [])
        #expect(schema.violations(of: .number(2)) == [])
        #expect(schema.violations(of: .number(1)).first == ": matches 0 of 2 alternatives")
    }

    @Test func definitionsAreSchemasOfTheirOwn() throws {
        let schema = try JSONSchema(#"{"$defs":{"a":{"type":"string"}}}"#.utf8)
        #expect(schema.definitions == ["a"])
        #expect(schema.violations(of: .number(1)) == [])
        #expect(schema.violations(of: .number(1), definition: "a") == [": 1 is not of type string"])
        #expect(schema.violations(of: .number(1), definition: "b") == ["there is no #/$defs/b"])
    }

    @Test(arguments: [
        (#"{"minLength":1}"#, "#: unknown keyword minLength"),
        (#"{"properties":{"a":{"format":"date"}}}"#, "#/a: unknown keyword format"),
        (#"{"oneOf":[{},{"not":{}}]}"#, "#/oneOf/1: unknown keyword not"),
        (#"{"$defs":{"a":{"if":{}}}}"#, "#/$defs/a: unknown keyword if"),
        (#"{"items":1}"#, "#/items is not a schema"),
        (##"{"$ref":"#/$defs/a"}"##, ##"#: "#/$defs/a" leads nowhere"##),
        (#"{"type":"float"}"#, #"#: unknown type "float""#),
        (#"{"pattern":"("}"#, #"#: "(" is not a regular expression"#),
    ])
    func errorsOfTheSchemaAreReported(_ schema: String, _ problem: String) {
        let error = #expect(throws: JSONSchema.SchemaError.self) { try JSONSchema(schema.utf8) }
        #expect(error?.description == problem)
    }
}
