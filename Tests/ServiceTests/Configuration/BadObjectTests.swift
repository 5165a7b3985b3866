import MobileNet
import Testing

@testable import Service

/// What is said of zones, lines and object masks.
@Suite(.timeLimit(.minutes(10))) struct BadObjectTests {
    static let cases: [BadConfiguration] = [
        BadConfiguration(
            #"""
            defaults: {zones: {a: {points: [[0, 0], [1, 1]]}, b: {points: [[0, 0], [1, 1], [1, 0], [0, 1]]}, c: {}}}
            """#,
            [
                #"1:32: the zone "a": a zone has at least three corners, not 2"#,
                #"1:63: the zone "b": its edges 1 and 3 cross; edge 1 begins at corner 1"#,
                #"1:98: the zone "c" has no "points""#,
            ]),
        BadConfiguration(
            #"""
            defaults: {zones: {a: {points: [[0, 0], [1, 0], [1, 1.5]], loitering: 3, anchor: feet, label: [cat]}}}
            """#,
            [
                #"1:32: the zone "a": corner 3, [1.0, 1.5], is outside of the frame; coordinates are from 0 to 1"#,
                #"1:71: "loitering" is 3; it must be a duration (ms, s, m, h, d) from 100ms to 1d, or off; did you mean 3s?"#,
                #"1:82: "anchor" is "feet"; it must be bottom, center or top"#,
                #"1:88: unknown key "label"; did you mean "labels"?"#,
            ]),
        BadConfiguration(
            #"""
            defaults: {lines: {a: {from: [0.5, 0], to: [0.5, 0]}, b: {from: [0, 0]}, c: {from: [0, 0], to: [1, 1], to_left: x, to_right: x}}}
            """#,
            [
                #"1:44: the line "a": the line has no length: both of its points are [0.5, 0.0]"#,
                #"1:55: the line "b" has no "to""#,
                #"1:96: the line "c": both directions are called "x"; they need different names"#,
            ]),
        BadConfiguration(
            #"""
            defaults: {object_masks: {a: [[0, 0], [1, 0]], b: roof}, zones: [1]}
            """#,
            [
                #"1:30: a mask has at least three corners, not 2"#,
                #"1:51: "b" is "roof"; it must be a list of at least three points, such as [[0, 0], [0.2, 0], [0.2, 1]]"#,
                #"1:65: "zones" is [1]; it must be off, or a mapping of names to zones"#,
            ]),
    ]

    @Test(arguments: cases)
    func saysWhatIsWrongAndWhere(_ bad: BadConfiguration) { bad.check() }

    private static func problems(_ yaml: String, task: ModelTask) throws -> [String] {
        try ConfigurationFile(yaml: Array(yaml.utf8), path: "lookout.yaml")
            .problems(labels: ["person", "vehicle"], task: task).map(\.description)
    }

    @Test func whatTheModelCannotDoIsSaid() throws {
        let zones = "sources: {door: {address: rtsp://a/b, zones: {a: {points: [[0, 0], [1, 0], [1, 1]]}}}}\n"
        #expect(try Self.problems(zones, task: .detection) == [])
        let images = "model: m\nsnapshots: /srv/images"
        #expect(try Self.problems(images, task: .detection) == [])
        #expect(
            try Self.problems(images, task: .classification) == [
                "lookout.yaml:2:12: warning: \"snapshots\": there are none, because the model detects no objects"
            ])
        #expect(
            try Self.problems(zones, task: .classification) == [
                "lookout.yaml:1:46: zones, lines and object masks need a model that detects objects; this one gives labels"
            ])
        let regions = "sources: {door: {address: rtsp://a/b, regions: {a: {at: [0, 0, 1, 0.5]}}}}\n"
        #expect(
            try Self.problems(regions, task: .detection) == [
                "lookout.yaml:1:48: regions and tiles need a model that gives labels; this one detects objects, in zones"
            ])
    }

    @Test func aLabelOfAZoneThatTheModelLacksIsSaidWithItsPlace() throws {
        let yaml =
            "sources: {door: {address: rtsp://a/b, zones: {a: {points: [[0, 0], [1, 0], [1, 1]], labels: [persn]}}}}\n"
        #expect(
            try Self.problems(yaml, task: .detection) == [
                "lookout.yaml:1:94: there is no label or group \"persn\"; did you mean \"person\"?"
            ])
    }
}
