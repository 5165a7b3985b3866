import Testing

@testable import Service

/// What has to be done when a configuration takes the place of another.
@Suite(.timeLimit(.minutes(10))) struct ConfigurationDifferenceTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let what: String
        let old: String
        let new: String
        var added: [String] = []
        var removed: [String] = []
        var changed: [String: ConfigurationDifference.Change] = [:]
        var parts: Set<ConfigurationDifference.Part> = []

        var testDescription: String { what }
    }

    private static let door = "sources: {door: rtsp://a/b}"

    /// What a source says of itself besides, and what that means.
    private static func source(_ what: String, _ keys: String, _ change: ConfigurationDifference.Change) -> Case {
        Case(
            what: what, old: "sources: {door: {address: rtsp://a/b}, yard: rtsp://a/c}",
            new: "sources: {door: {address: rtsp://a/b, \(keys)}, yard: rtsp://a/c}", changed: ["door": change])
    }

    private static func part(_ yaml: String, _ parts: Set<ConfigurationDifference.Part>) -> Case {
        Case(what: yaml, old: door, new: "\(yaml)\n\(door)", parts: parts)
    }

    static let cases: [Case] = [
        Case(what: "nothing", old: door, new: "sources:\n  # the same\n  door: {address: 'rtsp://a/b', fps: 2}\n"),
        Case(
            what: "one more", old: door, new: "sources: {yard: rtsp://a/c, door: rtsp://a/b, hall: rtsp://a/d}",
            added: ["yard", "hall"]),
        Case(what: "one less", old: "sources: {yard: rtsp://a/c, door: rtsp://a/b}", new: door, removed: ["yard"]),
        Case(
            what: "another order", old: "sources: {a: rtsp://a/a, b: rtsp://a/b}",
            new: "sources: {b: rtsp://a/b, a: rtsp://a/a}"),
        Case(what: "another name", old: door, new: "sources: {yard: rtsp://a/b}", added: ["yard"], removed: ["door"]),
        Case(
            what: "switched off", old: door, new: "sources: {door: {address: rtsp://a/b, enabled: off}}",
            removed: ["door"]),
        Case(
            what: "switched on", old: "sources: {door: {address: rtsp://a/b, enabled: off}}", new: door, added: ["door"]
        ),
        Case(
            what: "what is switched off", old: "sources: {door: {address: rtsp://a/b, enabled: off}}",
            new: "sources: {door: {address: rtsp://a/c, enabled: off}}"),
        Case(what: "the address", old: door, new: "sources: {door: rtsp://a/c}", changed: ["door": .restart]),
        Case(
            what: "the password", old: "sources: {door: rtsp://u:a@a/b}", new: "sources: {door: rtsp://u:b@a/b}",
            changed: ["door": .restart]),
        source("a threshold", "enter: 0.6", .detection),
        source("labels", "labels: [cat]", .detection),
        source("an override", "overrides: {cat: {hold: 1s}}", .detection),
        source("a threshold and the rate", "enter: 0.6, fps: 1", .restart),
        source("credentials", "credentials: door", .restart),
        source("the transport", "transport: udp", .restart),
        source("the largest frames", "max_frame_size: 1920x1080", .restart),
        Case(
            what: "the certificate", old: "sources: {door: rtsps://a/b}",
            new: "sources: {door: {address: rtsps://a/b, tls: {ca: /srv/ca.pem}}}",
            changed: ["door": .restart]),
        source("motion", "motion: off", .restart),
        source("a region", "regions: {gate: {at: [0, 0, 1, 1]}}", .restart),
        source("the grace time", "grace: 1s", .restart),
        source("when it counts as frozen", "frozen_after: 10s", .restart),
        Case(
            what: "what is looked for in a region",
            old: "sources: {door: {address: rtsp://a/b, regions: {gate: {at: [0, 0, 1, 1]}}}}",
            new: "sources: {door: {address: rtsp://a/b, regions: {gate: {at: [0, 0, 1, 1], labels: [cat]}}}}",
            changed: ["door": .detection]),
        Case(
            what: "the defaults", old: "sources: {door: rtsp://a/b, yard: {address: rtsp://a/c, fps: 1}}",
            new: "defaults: {fps: 5}\nsources: {door: rtsp://a/b, yard: {address: rtsp://a/c, fps: 1}}",
            changed: ["door": .restart]),
        Case(what: "groups", old: door, new: "groups: {cat: [tabby]}\n\(door)", changed: ["door": .detection]),
        part("model: other", [.everything]),
        part("workers: 2", [.everything]),
        part("log: {level: debug}", [.programLog]),
        part("events: {log: {path: /srv/a}}", [.sink("log")]),
        part("events: {log: off, socket: off}", [.sink("log"), .sink("socket")]),
        part("events: {socket: {backlog: 1}}", [.sink("socket")]),
        part("events: {samples: /srv/a}", [.sink("samples")]),
        part("state: /srv/state", [.state]),
        part("metrics: {textfile: /srv/a}", [.metrics]),
    ]

    @Test(arguments: cases)
    func onlyWhatChangedIsTouched(_ test: Case) throws {
        let old = try ConfigurationFile(yaml: Array(test.old.utf8), path: "old").configuration
        let new = try ConfigurationFile(yaml: Array(test.new.utf8), path: "new").configuration
        let difference = ConfigurationDifference(from: old, to: new)
        #expect(difference.added == test.added && difference.removed == test.removed)
        #expect(difference.changed == test.changed)
        #expect(difference.parts == test.parts)
        #expect(
            difference.isEmpty == (old == new || test.what == "another order" || test.what == "what is switched off"))
    }

    @Test func groupsInAFileMayChangeWithoutTheConfiguration() throws {
        let yaml = "groups: /srv/groups.json\nsources: {door: rtsp://a/b}"
        let configuration = try ConfigurationFile(yaml: Array(yaml.utf8), path: "a").configuration
        #expect(ConfigurationDifference(from: configuration, to: configuration, groupsDiffer: false).isEmpty)
        let difference = ConfigurationDifference(from: configuration, to: configuration, groupsDiffer: true)
        #expect(difference.changed == ["door": .detection])
    }
}
