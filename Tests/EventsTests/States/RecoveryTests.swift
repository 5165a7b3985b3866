import Testing

@testable import Events

/// The program is killed at any point: whatever the state file and the log hold then, no record is repeated, and
/// every event ends.
@Suite(.timeLimit(.minutes(10))) struct RecoveryTests {
    /// A run: its records, and the state file after each of them, for each number of records that the log had by
    /// then.
    private struct Run {
        var lines: [EventLine] = []
        /// The number of records noted when the file was written, and of those in the log.
        var files: [(written: Int, logged: Int, file: StateFile)] = []
    }

    private static let run: Run = {
        var run = Run()
        var scene = Scene()
        var memory = StateMemory(Recovery(file: nil, log: [], last: 0), keepsPending: true)
        func keep() {
            for logged in 0...run.lines.count {
                var copy = memory
                run.files.append((run.lines.count, logged, copy.file(logged: logged, reserve: 10).0))
            }
            // Sequence numbers are reserved as in the real file.
            let (file, _) = memory.file(logged: 0, reserve: 10)
            memory.reserved = file.reserved
        }
        keep()
        for step in Scene.script {
            let event = scene.event(step)
            if case .stays = step {
                _ = memory.progress(event)
            } else {
                let line = EventLine(event, sequence: run.lines.count + 1)
                run.lines.append(line)
                _ = memory.note(event, line)
            }
            keep()
        }
        return run
    }()

    /// Returns the log after a restart: the records before, and those of the recovery.
    private static func recovered(_ file: StateFile?, _ log: [EventLine]) -> (log: [EventLine], Recovery) {
        let recovery = Recovery(file: file, log: log.compactMap { LoggedLine($0.text) }, last: log.last?.sequence ?? 0)
        return (log + StateMemory(recovery, keepsPending: true).recoveredRecords, recovery)
    }

    @Test func aKillAtAnyPointIsRecovered() {
        var count = 0
        for (written, logged, file) in Self.run.files {
            // The log is never behind its state when the file was written; it may be far ahead.
            for held in logged...Self.run.lines.count {
                let log = Array(Self.run.lines.prefix(held))
                let (after, recovery) = Self.recovered(file, log)
                let problem = LogBook(after.compactMap { LoggedLine($0.text) }).problem
                #expect(problem == nil, "written \(written), logged \(logged), held \(held)")
                #expect(recovery.sequence >= max(written, held))
                count += 1
            }
        }
        #expect(count > 1000)
    }

    @Test func aKillDuringRecoveryIsRecovered() {
        for (written, logged, file) in Self.run.files {
            let (after, _) = Self.recovered(file, Array(Self.run.lines.prefix(logged)))
            // Either the old state file is still there, and the log has some of the records of the recovery; or the
            // new one is.
            var memory = StateMemory(
                Recovery(
                    file: file, log: Self.run.lines.prefix(logged).compactMap { LoggedLine($0.text) }, last: logged),
                keepsPending: true)
            let (newFile, _) = memory.file(logged: 0, reserve: 10)
            for held in logged...after.count {
                for file in [file, newFile] {
                    let (again, _) = Self.recovered(file, Array(after.prefix(held)))
                    let problem = LogBook(again.compactMap { LoggedLine($0.text) }).problem
                    #expect(problem == nil, "written \(written), logged \(logged), held \(held)")
                }
            }
        }
    }

    @Test func recoveryWithoutTheStateFile() {
        for held in 0...Self.run.lines.count {
            let (after, recovery) = Self.recovered(nil, Array(Self.run.lines.prefix(held)))
            #expect(LogBook(after.compactMap { LoggedLine($0.text) }).problem == nil)
            #expect(recovery.sequence == held)
        }
    }

    @Test func recoveryWithoutTheLog() {
        for (written, logged, file) in Self.run.files where written == logged {
            let (after, recovery) = Self.recovered(file, [])
            #expect(recovery.sequence >= written)
            #expect(after.allSatisfy { $0.sequence > written && $0.topic.type == "end" })
            #expect(after.count == file.openEvents.count)
        }
    }

    @Test func openEventsEndWithTheirLastKnownState() throws {
        var scene = Scene()
        var memory = StateMemory(Recovery(file: nil, log: [], last: 0), keepsPending: true)
        let start = scene.event(.appears(0))
        _ = memory.note(start, EventLine(start, sequence: 1))
        _ = memory.progress(scene.event(.stays(0)))
        _ = memory.progress(scene.event(.stays(0)))
        let (file, _) = memory.file(logged: 1, reserve: 10)
        let again = try #require(StateFile(file.bytes))
        #expect(again == file)
        let log = [EventLine(start, sequence: 1)]
        let (after, _) = Self.recovered(again, log)
        #expect(
            String(decoding: after[1].text, as: UTF8.self) == """
                {"v":1,"seq":12,"time":"\(Fixture.time(3))","type":"end","id":"\(start.id)","source":"door0",\
                "region":"full","label":"tabby cat","group":"cat","score":0.875,"media":3,"model":"m","duration":2,\
                "peak":0.875,"mean":0.8333,"samples":3,"reason":"restart"}

                """)
    }

    @Test(arguments: ["", "{", "null", "[]", "{}", #"{"v":2,"reserved":5}"#, "\u{0}\u{0}\u{0}\u{0}"])
    func invalidStateFilesAreIgnored(_ text: String) { #expect(StateFile(Array(text.utf8)) == nil) }
}
