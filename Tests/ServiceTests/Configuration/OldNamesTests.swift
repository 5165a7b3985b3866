import Testing

@testable import Service

/// Old names of keys: they work, with a warning that names the new one.
@Suite(.timeLimit(.minutes(10))) struct OldNamesTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let old: String
        let new: String
        /// Positions and names in the warnings.
        let warnings: [(String, String, String)]

        var testDescription: String { old }
    }

    static let cases: [Case] = [
        Case(old: "model: a\nlanes: 4", new: "model: a\nworkers: 4", warnings: [("2:1", "lanes", "workers")]),
        Case(old: "lanes: auto", new: "workers: auto", warnings: [("1:1", "lanes", "workers")]),
        Case(
            old: "defaults: {gone: 3s}", new: "defaults: {clear_after: 3s}",
            warnings: [("1:12", "gone", "clear_after")]),
        Case(
            old: """
                defaults: {overrides: {gone: {gone: 1m}}, regions: {gone: {at: [0, 0, 1, 1], gone: 2s}}}
                sources:
                  gone:
                    address: rtsp://a/b
                    gone: 0
                """,
            new: """
                defaults: {overrides: {gone: {clear_after: 1m}}, regions: {gone: {at: [0, 0, 1, 1], clear_after: 2s}}}
                sources:
                  gone:
                    address: rtsp://a/b
                    clear_after: 0
                """,
            warnings: [
                ("1:31", "gone", "clear_after"), ("1:78", "gone", "clear_after"), ("5:5", "gone", "clear_after"),
            ]),
    ]

    @Test(arguments: cases)
    func theyMeanTheSame(_ test: Case) throws {
        let old = try ConfigurationFile(yaml: Array(test.old.utf8), path: "lookout.yaml")
        let new = try ConfigurationFile(yaml: Array(test.new.utf8), path: "lookout.yaml")
        #expect(old.configuration == new.configuration)
        #expect(new.warnings.isEmpty)
        #expect(
            old.warnings.map(\.description)
                == test.warnings.map { place, old, new in
                    "lookout.yaml:\(place): warning: \"\(old)\" is the old name of this key; it is now \"\(new)\""
                })
    }

    static let bad: [BadConfiguration] = [
        BadConfiguration(
            "workers: 1\nlanes: 2",
            [#"2:1: "lanes" is the old name of "workers", which is in line 1; remove one of them"#]),
        BadConfiguration(
            "sources: {door: {address: rtsp://a/b, gone: 1s, clear_after: 1s}}",
            [#"1:39: "gone" is the old name of "clear_after", which is in line 1; remove one of them"#]),
        BadConfiguration(
            "lanes: 0",
            [
                #"1:1: warning: "lanes" is the old name of this key; it is now "workers""#,
                #"1:8: "lanes" is 0; it must be an integer from 1 to 256, or auto"#,
            ]),
        // Only where the key has had the name.
        BadConfiguration(
            "metrics: {lanes: 1}\ndefaults: {retry: {gone: 1s}}",
            [
                #"1:11: unknown key "lanes"; known keys: listen, textfile, interval"#,
                #"2:20: unknown key "gone"; known keys: first, longest, first_connect_longest"#,
            ]),
    ]

    @Test(arguments: bad)
    func bothAtOnceAreAMistake(_ bad: BadConfiguration) { bad.check() }
}
