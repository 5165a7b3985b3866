import Basics
import Foundation
import TestSupport
import Testing

@testable import Events

/// docs/events.schema.json describes every record that Events writes.
@Suite(.timeLimit(.minutes(10))) struct EventSchemaTests {
    static let composer = EventComposer(
        source: "door", region: "full", model: "m", labels: ["tabby cat", "cab"],
        targets: [
            LabelTarget(
                classes: [0], group: "cat", thresholds: Thresholds(holdTime: 0, clearDelay: 0, update: 0.5)),
            LabelTarget(classes: [1], group: nil, thresholds: Thresholds(holdTime: 0, clearDelay: 0)),
        ])

    /// Records of a label with a group and of one without, by type.
    private static func labelEvents() -> [Event] {
        var detector = EventDetector(targets: composer.targets)
        var changes: [EventDetector.Change] = []
        for (media, score) in [(0.0, Float(0.75)), (0.5, 0.875), (1, 0.5), (1.5, 0)] {
            changes += detector.observe(
                scores: [score, score], at: SampleTime(media: media, epoch: Fixture.time(0)))
        }
        return changes.map(composer.event)
    }

    private static func sourceEvents() -> [SourceEvent] {
        var composer = SourceEventComposer(source: "door")
        let now = SourceEventComposer.Instant(monotonic: 160, wall: 1_795_382_000)
        return [
            composer.lost(since: 100, reason: "connection refused", now: now),
            composer.found(since: 100, after: 12.5, now: now), composer.frozen(since: 100, now: now),
            composer.thawed(since: 100, after: 75.5, now: now),
            composer.clockStep(seconds: -3600, cause: .source, now: now),
            composer.clockStep(seconds: 0.25, cause: .wallClock, now: now),
        ]
    }

    /// Records of an object on its way through a zone and over a line, and of one that stands still for a while.
    private static func objectEvents() -> [ObjectEvent] {
        var settings = ObjectEventDetectorTests.settings(update: 1)
        settings.stationaryAfter = 2
        var zone = Zone(
            name: "yard", polygon: Polygon([(0.4, 0), (0.8, 0), (0.8, 1), (0.4, 1)].map { Point(x: $0.0, y: $0.1) }))
        zone.loitering = 1
        settings.zones = [zone]
        settings.lines = [CountingLine(name: "gate", from: Point(x: 0.3, y: 0), to: Point(x: 0.3, y: 1))]
        let way = ObjectEventDetectorTests.way(stopping: 15, leaving: 24)
        var detector = ObjectEventDetector(settings: settings)
        var changes: [ObjectChange] = []
        for (index, x) in way.enumerated() {
            changes += detector.observe(
                [ObjectEventDetectorTests.object(x: x, label: 1)],
                at: SampleTime(media: Double(index) / 5, epoch: Fixture.time(0)))
        }
        changes += detector.finish(.sourceEnded)
        let composer = ObjectEventComposer(source: "door", model: "m", labels: ["person", "bag"])
        return changes.map { composer.event(for: $0, group: detector.group(of: $0.object.label)) }
    }

    private func expectValid(_ line: EventLine, as definition: String) throws {
        let text = String(decoding: line.text, as: UTF8.self)
        #expect(try EventSchema.violations(in: text, definition: definition) == [])
        #expect(try EventSchema.violations(in: text) == [], "it is exactly one kind of record")
    }

    @Test func recordsOfLabels() throws {
        let events = Self.labelEvents()
        #expect(Set(events.map(\.kind.name)) == ["start", "update", "end"])
        for event in events { try expectValid(EventLine(event, sequence: 1), as: event.kind.name) }
    }

    @Test func recordsOfObjects() throws {
        let events = Self.objectEvents()
        #expect(Set(events.map(\.id)).count == 1 && events.allSatisfy { $0.group == "thing" })
        let ofLabels: Set<EventType> = [.start, .update, .end]
        for event in events {
            let type = event.kind.type
            try expectValid(
                EventLine(event, sequence: 1), as: ofLabels.contains(type) ? "object_\(type.rawValue)" : type.rawValue)
        }
    }

    @Test(arguments: [
        EndReason.cleared, .sourceLost, .sourceEnded, .shutdown, .maximumLength, .restart,
    ])
    func everyReasonOfAnEnd(_ reason: EndReason) throws {
        var event = try #require(Self.labelEvents().last)
        event.kind = .end(reason)
        try expectValid(EventLine(event, sequence: 1), as: "end")
    }

    @Test func recordsOfSources() throws {
        for event in Self.sourceEvents() { try expectValid(EventLine(event, sequence: 1), as: event.kind.name) }
    }

    @Test func everyTypeHasADefinition() throws {
        let definitions = try EventSchema.load().definitions
        for type in EventType.allCases { #expect(definitions.contains(type.rawValue), "\(type.rawValue)") }
        let written = Set(Self.labelEvents().map(\.kind.type)).union(Self.sourceEvents().map(\.kind.type))
            .union(Self.objectEvents().map(\.kind.type))
        #expect(written.union([.gap]) == Set(EventType.allCases), "every type is validated above, and a gap below")
    }

    @Test func gaps() throws {
        try expectValid(.gap(missed: 7, sequence: 49, time: Fixture.time(0)), as: "gap")
    }

    @Test func samples() throws {
        let sample = SampleLine(
            time: Fixture.time(0), media: -0.04, source: "door", region: "full", model: "m",
            scores: [("tabby cat", 1), ("cab", 0)])
        let text = String(decoding: sample.line.line, as: UTF8.self)
        #expect(try EventSchema.violations(in: text, definition: "sample") == [])
        #expect(try EventSchema.violations(in: text) != [], "a sample is no event record")
    }

    @Test func recordsThatOnlyTheSocketSends() throws {
        try Fixture.withFolder { folder in
            let states = EventStates(settings: EventStates.Settings(path: folder + "/state"), log: nil)
            let socket = try EventSocket(
                settings: EventSocket.Settings(path: folder + "/s"), log: nil, states: states)
            defer { socket.close() }
            let start = try #require(Self.labelEvents().first)
            states.note(start, EventLine(start, sequence: 1))
            for (index, event) in Self.sourceEvents().enumerated() where index == 0 || index == 2 {
                states.note(event, EventLine(event, sequence: 2 + index))
            }
            let current = try TestReader.lines(folder + "/s", request: #"{"states":true,"follow":false}"#)
            let refused = try TestReader.lines(folder + "/s", request: #"{"sates":true}"#)
            #expect(current.count == 3 && refused.count == 1)
            #expect(try EventSchema.violations(in: current[0], definition: "label_state") == [])
            for line in current.dropFirst() {
                #expect(try EventSchema.violations(in: line, definition: "source_state") == [])
            }
            #expect(try EventSchema.violations(in: refused[0], definition: "error") == [])
            #expect(try EventSchema.violations(in: (current + refused).joined(separator: "\n")) == [])
        }
    }

    @Test(arguments: [
        (#""seq":1,"#, "", ": seq is missing"), (#""v":1"#, #""v":2"#, "/v: 2 is not 1"),
        (#""score":0.75"#, #""score":"0.75""#, #"/score: "0.75" is not of type number"#),
        (#""media":0"#, #""media":0,"extra":1"#, "/extra: not allowed"),
        (".932Z", "Z", "/time: "), (#""type":"start""#, #""type":"begin""#, "/type: "),
    ])
    func changedRecordsAreInvalid(_ part: String, _ replacement: String, _ violation: String) throws {
        let start = try #require(Self.labelEvents().first)
        let text = String(decoding: EventLine(start, sequence: 1).text, as: UTF8.self)
        let changed = text.replacingOccurrences(of: part, with: replacement)
        try #require(changed != text)
        let violations = try EventSchema.violations(in: changed)
        #expect(violations.contains { $0.hasPrefix(violation) }, "\(violations)")
    }
}
