import Basics
import Testing

@testable import Events

/// Objects over restarts: they end, at the time at which they were last seen.
@Suite(.timeLimit(.minutes(10))) struct ObjectRecoveryTests {
    /// Events of an object that goes into a zone, and the state after each.
    private static func run() -> (lines: [EventLine], memory: StateMemory) {
        var settings = ObjectSettings(targets: [LabelTarget(classes: [0], group: nil, thresholds: Thresholds())])
        settings.zones = [
            Zone(name: "yard", polygon: Polygon([(0.3, 0), (1, 0), (1, 1), (0.3, 1)].map { Point(x: $0.0, y: $0.1) }))
        ]
        let composer = ObjectEventComposer(source: "door", model: "m", labels: ["person"])
        var detector = ObjectEventDetector(settings: settings)
        var memory = StateMemory(Recovery(file: nil, log: [], last: 0), keepsPending: true)
        var lines: [EventLine] = []
        for index in 0..<15 {
            let box = BoundingBox(x: 0.02 * Double(index), y: 0.4, width: 0.2, height: 0.2)
            let detection = ObjectDetection(label: 0, score: 0.9, box: box)
            let time = SampleTime(media: Double(index) / 5, epoch: Timestamp(milliseconds: 0))
            for change in detector.observe([detection], at: time) {
                let event = composer.event(for: change, group: nil)
                lines.append(EventLine(event, sequence: lines.count + 1))
                _ = memory.note(event, lines[lines.count - 1])
            }
            for object in detector.present {
                _ = memory.progress(composer.event(for: .updated(object), group: nil))
            }
        }
        return (lines, memory)
    }

    @Test func theStateFileHasTheObjectAndIsReadAgain() throws {
        var (lines, memory) = Self.run()
        let file = memory.file(logged: 2, reserve: 10).0
        let read = try #require(StateFile(file.bytes))
        #expect(read == file && read.openEvents.count == 1)
        #expect(read.openEvents[0].record.object?.zones == ["yard"] && read.openEvents[0].record.time == 2800)
        let recovery = Recovery(file: read, log: lines.compactMap { LoggedLine($0.text) }, last: 2)
        let ends = StateMemory(recovery, keepsPending: true).recoveredRecords.compactMap { LoggedLine($0.text) }
        #expect(ends.map(\.type) == ["end"] && ends[0].reason == "restart" && ends[0].zones == ["yard"])
        #expect(ends[0].time == "1970-01-01T00:00:02.800Z")
    }

    /// An `enter` has the time at which the object came in, which may be earlier than the state file.
    @Test func anObjectDoesNotEndBeforeItWasLastSeen() throws {
        var (lines, memory) = Self.run()
        let enter = try #require(LoggedLine(lines[1].text))
        try #require(enter.type == "enter")
        var file = memory.file(logged: 2, reserve: 10).0
        file.sequence = 1
        let recovery = Recovery(file: file, log: [enter], last: 2)
        #expect(recovery.interrupted.map(\.time) == [2800] && recovery.interrupted.map(\.media) == [2.8])
    }

    /// Who counts crossings and visits counts them all.
    @Test func aRecordOfAZoneThatTheLogLacksIsWrittenAgain() {
        var (lines, memory) = Self.run()
        let file = memory.file(logged: 1, reserve: 10).0
        let recovery = Recovery(file: file, log: [LoggedLine(lines[0].text)].compactMap { $0 }, last: 1)
        #expect(recovery.unlogged.map(\.sequence) == [2] && recovery.unlogged.map(\.text) == [lines[1].text])
        #expect(recovery.unlogged.map(\.topic) == [lines[1].topic])
    }

    @Test func stateFilesFromBeforeObjectsAreRead() throws {
        let old = """
            {"present":[{"record":{"duration":1,"group":"cat","id":"01B5GX5F18W7AQEH939D52V3SN","label":"tabby",\
            "mean":0.5,"media":3,"model":"m","peak":0.8,"region":"full","samples":7,"score":0.7,"source":"s",\
            "start":1000,"time":2000},"sequence":4}],"reserved":100,"said":[],"sequence":5,"v":1}
            """
        let file = try #require(StateFile(Array(old.utf8)))
        #expect(file.openEvents[0].record.object == nil && file.openEvents[0].record.samples == 7)
    }
}
