import Foundation
import Testing

@testable import Events

/// The state file and the log on a real disk.
@Suite(.timeLimit(.minutes(10))) struct EventStatesTests {
    /// A run of the program.
    private final class Run {
        let log: EventLog
        let states: EventStates
        private var sequence: Int
        private var scene = Scene()

        init(_ folder: String, reserve: Int = 1000) {
            log = EventLog(settings: EventLog.Settings(path: folder + "/events.jsonl"))
            states = EventStates(
                settings: EventStates.Settings(path: folder + "/states", interval: 0.05, reserve: reserve), log: log)
            sequence = states.sequence
            for line in states.takePendingEvents() { log.add(line) }
        }

        func take(_ step: Scene.Step) {
            let event = scene.event(step)
            if case .stays = step { return states.progress(event) }
            sequence += 1
            let line = EventLine(event, sequence: sequence)
            states.note(event, line)
            log.add(line)
        }

        func flush() {
            log.flush(seconds: 5)
            states.flush(seconds: 5)
        }
    }

    /// A file system that is gone: reading never returns.
    @Test func aStateThatCannotBeReadInTimeIsGoneOnWithout() throws {
        try Fixture.withFolder { folder in
            let earlier = Run(folder)
            earlier.take(.appears(1))
            earlier.flush()
            let mayGoOn = DispatchSemaphore(value: 0)
            defer { mayGoOn.signal() }
            let start = EventClock.system.monotonic()
            let settings = EventStates.Settings(path: folder + "/states", readTimeout: 0.5)
            let states = EventStates(settings: settings, log: earlier.log) { _ in
                mayGoOn.wait()
                return nil
            }
            #expect(EventClock.system.monotonic() - start < 10)
            let warning = "\(folder)/states or \(folder)/events.jsonl: cannot be read within 1 s; "
            #expect(states.warning == warning + "open events of the previous run are forgotten")
            #expect(states.sequence > earlier.states.sequence + 1_000_000, "no number is given twice")
            #expect(states.takePendingEvents().isEmpty)
            states.flush(seconds: 5)
            let next = EventStates(settings: settings, log: nil)
            #expect(next.warning == nil && next.sequence >= states.sequence)
        }
    }

    private func book(_ folder: String) -> LogBook {
        LogBook(Fixture.lines(folder + "/events.jsonl").compactMap { LoggedLine(Array($0.utf8)) })
    }

    @Test func anOrderlyEndLeavesNoHoleInTheSequence() throws {
        try Fixture.withFolder { folder in
            let first = Run(folder)
            for step in [.appears(0), .disappears(0)] as [Scene.Step] { first.take(step) }
            first.flush()
            let second = Run(folder)
            second.take(.appears(1))
            second.take(.disappears(1))
            second.flush()
            #expect(book(folder).numbers == [1, 2, 3, 4])
            #expect(book(folder).problem == nil)
            #expect(second.states.statistics.failures == 0)
        }
    }

    /// The files are copied between any two steps, which leaves the same as a kill.
    @Test func aKillBetweenAnyTwoStepsIsRecovered() throws {
        try Fixture.withFolder { folder in
            try FileManager.default.createDirectory(atPath: folder + "/0", withIntermediateDirectories: false)
            let run = Run(folder + "/0", reserve: 20)
            var copies = 0
            for step in Scene.script + Scene.script.prefix(0) {
                run.take(step)
                for pause in [0, 300, 30_000] {
                    usleep(useconds_t(pause))  // the time of the kill
                    copies += 1
                    try copy(folder + "/0", to: "\(folder)/\(copies)")
                }
            }
            for number in 1...copies {
                let copy = "\(folder)/\(number)"
                Run(copy).flush()
                let book = book(copy)
                #expect(book.problem == nil, "copy \(number)")
                // A second restart changes nothing.
                Run(copy).flush()
                #expect(self.book(copy).numbers == book.numbers, "no record is repeated")
            }
        }
    }

    /// Copies the state file first: it may be behind the log. A log that is being written has whole lines only.
    private func copy(_ folder: String, to copy: String) throws {
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: false)
        for name in ["states", "events.jsonl"] {
            guard let data = FileManager.default.contents(atPath: folder + "/" + name) else { continue }
            try data.write(to: URL(fileURLWithPath: copy + "/" + name))
        }
    }

    @Test func sequenceNumbersDoNotRepeatWithoutTheLog() throws {
        try Fixture.withFolder { folder in
            var last = 0
            for _ in 0..<5 {
                let run = Run(folder, reserve: 10)
                #expect(run.states.sequence >= last)
                for _ in 0..<30 {
                    run.take(.appears(0))
                    run.take(.disappears(0))
                    usleep(500)  // a rate at which the state file keeps up
                }
                last = run.states.sequence
                // Killed after the state is on the disk: only that is left.
                try Fixture.require {
                    let bytes = [UInt8](FileManager.default.contents(atPath: folder + "/states") ?? Data())
                    return StateFile(bytes).map { $0.reserved >= last } ?? false
                }
                try FileManager.default.removeItem(atPath: folder + "/events.jsonl")
            }
        }
    }

    @Test func aMissingFolderBlocksNothing() throws {
        try Fixture.withFolder { folder in
            let states = EventStates(
                settings: EventStates.Settings(path: folder + "/later/states", interval: 0.05), log: nil)
            #expect(states.statistics.lastError == .noSuchFileOrDirectory)
            var scene = Scene()
            let event = scene.event(.appears(0))
            states.note(event, EventLine(event, sequence: 1))
            try FileManager.default.createDirectory(atPath: folder + "/later", withIntermediateDirectories: false)
            try Fixture.require { FileManager.default.fileExists(atPath: folder + "/later/states") }
            let next = EventStates(settings: EventStates.Settings(path: folder + "/later/states"), log: nil)
            #expect(next.takePendingEvents().map(\.topic.type) == ["end"])
            #expect(next.takePendingEvents().isEmpty)
        }
    }

    /// A lost and frozen source has two `state` records; a source that is no longer watched has none.
    private func expectThatConditionsAreStates(_ run: Run, _ path: String) throws {
        func conditions() throws -> [String?] {
            try TestReader(path, request: #"{"states":true,"sources":["yard"],"follow":false}"#).readToEnd().map(
                \.condition)
        }
        for (kind, expected) in [
            (SourceEvent.Kind.frozen, ["lost", "frozen"]), (.found(after: 3), ["frozen"]), (.thawed(after: 9), []),
            (.frozen, ["frozen"]),
        ] {
            let event = SourceEvent(
                kind: kind, id: EventID(time: Fixture.time(0), parts: []), time: Fixture.time(0), source: "yard")
            run.states.note(event, EventLine(event, sequence: 100))
            #expect(try conditions() == expected)
        }
        run.states.forget(source: "yard")
        #expect(try conditions() == [])
    }

    @Test func theCurrentStateCanBeRequested() throws {
        try Fixture.withFolder { folder in
            let run = Run(folder)
            let socket = try EventSocket(
                settings: EventSocket.Settings(path: folder + "/s"), log: run.log, states: run.states)
            defer { socket.close() }
            for step in Scene.script { run.take(step) }
            let lost = SourceEvent(
                kind: .lost(reason: "timed out"), id: EventID(time: Fixture.time(0), parts: []), time: Fixture.time(0),
                source: "yard")
            run.states.note(lost, EventLine(lost, sequence: 100))
            let all = try TestReader(folder + "/s", request: #"{"states":true,"follow":false}"#).readToEnd()
            #expect(all.map(\.type) == ["state", "state", "state"])
            #expect(all.map(\.source) == ["door3", "door1", "yard"])
            #expect(all.map(\.seq) == [100, 100, 100])
            #expect(all.last?.reason == "timed out")
            #expect(all.last?.condition == "lost")
            let one = try TestReader(
                folder + "/s", request: #"{"states":true,"sources":["door1"],"types":["end"],"follow":false}"#)
            #expect(try one.readToEnd().map(\.source) == ["door1"])
            // Records that the `state` records include are not sent again.
            let reader = try TestReader(folder + "/s", request: #"{"states":true}"#)
            reader.read { $0.count == 3 }
            socket.add(Fixture.line(99))
            socket.add(Fixture.line(101))
            reader.read { $0.count == 4 }
            #expect(reader.numbers == [100, 100, 100, 101])
            try expectThatConditionsAreStates(run, folder + "/s")
        }
    }
}
