import Basics
import TestSupport
import Testing

@testable import Events

/// Crossings and occupancy are what the events say, and crossings survive a kill at any time.
@Suite(.timeLimit(.minutes(10))) struct ObjectCountsTests {
    /// Events of two objects that go through a zone and over a line, one after the other.
    private static func events() -> [ObjectEvent] {
        var settings = ObjectSettings(targets: [LabelTarget(classes: [0], group: nil, thresholds: Thresholds())])
        settings.zones = [
            Zone(
                name: "yard",
                polygon: Polygon([(0.3, 0), (0.7, 0), (0.7, 1), (0.3, 1)].map { Point(x: $0.0, y: $0.1) }))
        ]
        settings.lines = [CountingLine(name: "gate", from: Point(x: 0.5, y: 0), to: Point(x: 0.5, y: 1))]
        let composer = ObjectEventComposer(source: "door", model: "m", labels: ["person"])
        var detector = ObjectEventDetector(settings: settings)
        var changes: [ObjectChange] = []
        for index in 0..<160 {
            let time = SampleTime(media: Double(index) / 5, epoch: Timestamp(milliseconds: 0))
            let step = index % 80
            let box = BoundingBox(x: 0.02 * Double(step), y: 0.4, width: 0.2, height: 0.2)
            let detection = ObjectDetection(label: 0, score: 0.9, box: box)
            changes += detector.observe(step < 45 ? [detection] : [], at: time)
        }
        return (changes + detector.finish(.shutdown)).map { composer.event(for: $0, group: nil) }
    }

    @Test func countsFollowTheEvents() throws {
        let events = Self.events()
        #expect(events.map(\.kind.type).filter { $0 == .cross }.count == 2)
        var counts = ObjectCounts()
        var most: [String: Int] = [:]
        for event in events {
            counts.note(event)
            for place in counts.occupancy {
                let name = place.zone ?? "frame"
                #expect((0...1).contains(place.count), "\(name)")
                most[name] = max(most[name] ?? 0, place.count)
            }
        }
        #expect(most == ["frame": 1, "yard": 1])
        #expect(counts.occupancy.map(\.count) == [0, 0], "everybody has gone, and the places stay")
        let crossings = try #require(counts.crossings.first)
        #expect(counts.crossings.count == 1 && crossings.count == 2)
        #expect(crossings.line == "gate" && crossings.label == "person" && crossings.source == "door")
    }

    /// The log and the state file may each lack the last records. Nobody is there after a restart until somebody is seen:
    /// frigate-hass-integration#662.
    @Test func aKillAtAnyTimeLosesNoCrossing() throws {
        let lines = Self.events().enumerated().map { ($1, EventLine($1, sequence: $0 + 1)) }
        for killed in 1...lines.count {
            let crossings = lines.prefix(killed).count { $0.1.topic.type == "cross" }
            for (saved, logged) in [
                (killed, killed - 1), (killed - 1, killed), (0, killed), (killed, max(0, killed - 3)),
            ] {
                var memory = StateMemory(Recovery(file: nil, log: [], last: 0), keepsPending: true)
                for (event, line) in lines.prefix(saved) { _ = memory.note(event, line) }
                let file = saved == 0 ? nil : StateFile(memory.file(logged: logged, reserve: 0).0.bytes)
                let log = lines.prefix(logged).compactMap { LoggedLine($0.1.text) }
                let recovery = Recovery(file: file, log: log, last: logged)
                let counted = recovery.counts.crossings.reduce(0) { $0 + $1.count }
                #expect(counted == crossings, "killed after \(killed), saved \(saved), logged \(logged)")
                #expect(recovery.counts.occupancy.allSatisfy { $0.count == 0 })
            }
        }
    }

    @Test func theStateHasARecordForEachCount() throws {
        var memory = StateMemory(Recovery(file: nil, log: [], last: 0), keepsPending: true)
        for (index, event) in Self.events().enumerated() {
            _ = memory.note(event, EventLine(event, sequence: index + 1))
        }
        let texts = memory.stateLines.map { String(decoding: $0.text, as: UTF8.self) }
        #expect(texts.count == 3)
        #expect(texts.contains { $0.contains(#""label":"person","count":0}"#) })
        #expect(texts.contains { $0.contains(#""label":"person","zone":"yard","count":0}"#) })
        #expect(
            texts.contains {
                $0.contains(#""line":"gate","direction":"left","count":2}"#)
                    || $0.contains(#""line":"gate","direction":"right","count":2}"#)
            })
        for text in texts { #expect(try EventSchema.violations(in: text) == []) }
    }

    @Test func aStateFileOfAnotherProgramDoesNotFillTheMemory() {
        let many = (0..<20_000).map {
            ObjectCounts.Occupancy(source: "s", zone: "\($0)", label: "l", count: 7, time: 0)
        }
        let counts = ObjectCounts(crossings: [], occupancy: many)
        #expect(counts.occupancy.count == 10_000 && counts.occupancy.allSatisfy { $0.count == 0 })
    }
}
