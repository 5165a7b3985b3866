import Basics
import Foundation
import Testing

@testable import Events

/// The log, and changes of its file by other processes.
@Suite(.timeLimit(.minutes(10))) struct EventLogTests {
    private func withLog(
        _ change: (inout EventLog.Settings) -> Void = { _ in }, clock: EventClock = .system,
        syncToDisk: @escaping @Sendable (Int32) -> Int32 = { fdatasync($0) },
        _ body: (EventLog, String) throws -> Void
    ) throws {
        try Fixture.withFolder { folder in
            var settings = EventLog.Settings(path: folder + "/log/events.jsonl")
            try FileManager.default.createDirectory(atPath: folder + "/log", withIntermediateDirectories: false)
            change(&settings)
            try body(EventLog(settings: settings, clock: clock, syncToDisk: syncToDisk), settings.path)
        }
    }

    private func add(_ numbers: ClosedRange<Int>, to log: EventLog, filler: Int = 0) {
        for number in numbers { log.add(Fixture.line(number, filler: filler)) }
        log.flush(seconds: 10)
    }

    @Test func linesAreWrittenWholeAndInOrder() throws {
        try withLog { log, path in
            add(1...5000, to: log)
            #expect(
                Fixture.lines(path).map { $0 + "\n" }
                    == (1...5000).map { String(decoding: Fixture.line($0).text, as: UTF8.self) })
            #expect(log.statistics.lines == 5000)
            #expect(log.statistics.sequence == 5000)
            #expect(log.statistics.bytes == FileManager.default.contents(atPath: path)?.count)
        }
    }

    @Test func aNewRunRepairsTheLogAndAppendsToIt() throws {
        try withLog { log, path in
            add(1...3, to: log)
            let file = try #require(FileHandle(forWritingAtPath: path))
            try file.seekToEnd()
            try file.write(contentsOf: Fixture.line(4).text.prefix(30))
            let next = EventLog(settings: log.settings)
            #expect(next.statistics.mended == 1)
            add(4...5, to: next)
            #expect(try Fixture.numbers(path).lines == [1, 2, 3, 4, 5])
            #expect(next.history.lastSequence == 5)
        }
    }

    @Test func aRenamedFileIsClosedWithinASecond() throws {
        let clock = TestClock()
        try withLog(clock: clock.clock) { log, path in
            add(1...2, to: log)
            try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
            add(3...3, to: log)
            clock.advance(1)
            add(4...4, to: log)
            #expect(try Fixture.numbers(path + ".1").lines == [1, 2, 3])
            #expect(try Fixture.numbers(path).lines == [4])
        }
    }

    @Test func aRenamedFileIsClosedAtOnceOnReopen() throws {
        try withLog { log, path in
            add(1...2, to: log)
            try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
            log.reopen()
            add(3...3, to: log)
            #expect(try Fixture.numbers(path + ".1").lines == [1, 2])
            #expect(try Fixture.numbers(path).lines == [3])
        }
    }

    @Test func aReplacedFileIsClosed() throws {
        let clock = TestClock()
        try withLog(clock: clock.clock) { log, path in
            add(1...1, to: log)
            try "".write(toFile: path, atomically: true, encoding: .utf8)
            clock.advance(2)
            add(2...2, to: log)
            #expect(try Fixture.numbers(path).lines == [2])
        }
    }

    @Test func aTruncatedFileIsWrittenFromItsBeginning() throws {
        try withLog { log, path in
            add(1...3, to: log)
            try #require(truncate(path, 0) == 0)
            add(4...5, to: log)
            #expect(try Fixture.numbers(path).lines == [4, 5])
        }
    }

    @Test func aFolderThatIsRemovedAndCreatedAgainLosesNothing() throws {
        try withLog { log, path in
            let folder = (path as NSString).deletingLastPathComponent
            add(1...10, to: log)
            try FileManager.default.removeItem(atPath: folder)
            add(11...20, to: log)
            #expect(log.statistics.isFailing)
            #expect(log.statistics.lastError == .noSuchFileOrDirectory)
            #expect(log.statistics.missed == 0, "they wait")
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            try Fixture.require { !log.statistics.isFailing }
            add(21...25, to: log)
            #expect(try Fixture.numbers(path).lines == Array(11...25))
        }
    }

    @Test func droppedRecordsAreCountedAndReplacedByAGap() throws {
        try withLog({ $0.capacity = 20 }) { log, path in
            let folder = (path as NSString).deletingLastPathComponent
            add(1...10, to: log)
            try FileManager.default.removeItem(atPath: folder)
            for number in 11...500 { log.add(Fixture.line(number)) }
            try Fixture.require { log.statistics.missed > 0 }
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            try Fixture.require { log.statistics.sequence == 500 }
            let (numbers, missed) = try Fixture.numbers(path)
            #expect(numbers.count + missed == 490)
            #expect(missed == log.statistics.missed)
            #expect(numbers.last == 500)
            // One gap, and one more for each retry while records were added.
            #expect((1...10).contains(Fixture.lines(path).count { $0.contains("\"gap\"") }))
        }
    }

    @Test func aFolderMayBeMissingAtTheStart() throws {
        try Fixture.withFolder { folder in
            let log = EventLog(settings: EventLog.Settings(path: folder + "/later/events.jsonl"))
            #expect(log.statistics.isFailing)
            add(1...3, to: log)
            try FileManager.default.createDirectory(atPath: folder + "/later", withIntermediateDirectories: false)
            try Fixture.require { log.statistics.sequence == 3 }
            #expect(try Fixture.numbers(folder + "/later/events.jsonl").lines == [1, 2, 3])
            #expect(!log.statistics.isFailing)
        }
    }

    @Test func filesAreRotatedBySizeAndLimitedInNumber() throws {
        try withLog({ settings in
            settings.rotation.size = 2000
            settings.retention.keep = 3
        }) { log, path in
            try "mine".write(toFile: path + ".old", atomically: false, encoding: .utf8)
            add(1...100, to: log)
            let numbers = try Fixture.numbers(path + ".3", path + ".2", path + ".1", path).lines
            #expect(numbers == Array(numbers[0]...100))
            #expect(numbers.count > 20)
            #expect(!FileManager.default.fileExists(atPath: path + ".4"))
            #expect(FileManager.default.fileExists(atPath: path + ".old"), "a file with another name stays")
            for file in ["", ".1", ".2", ".3"] {
                let size = try #require(FileManager.default.contents(atPath: path + file)).count
                #expect((1...2000).contains(size))
            }
        }
    }

    @Test func filesAreRotatedAndRemovedByAge() throws {
        let clock = TestClock()
        try withLog(
            { settings in
                settings.rotation.age = 3600
                settings.retention.maxAge = 10_000
            }, clock: clock.clock
        ) { log, path in
            for number in 1...5 {
                add(number...number, to: log)
                clock.advance(1801)
            }
            #expect(try Fixture.numbers(path).lines == [5])
            #expect(try Fixture.numbers(path + ".1").lines == [3, 4])
            #expect(try Fixture.numbers(path + ".2").lines == [1, 2])
            let old = Date(timeIntervalSince1970: Double(clock.clock.wallClock().milliseconds) / 1000 - 20_000)
            try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: path + ".2")
            clock.advance(3600)
            add(6...6, to: log)
            #expect(!FileManager.default.fileExists(atPath: path + ".3"))
            #expect(log.statistics.removed == 1)
        }
    }

    @Test(arguments: [EventLog.Settings.Fsync.none, .interval(0.05), .each])
    func recordsAreSynced(_ fsync: EventLog.Settings.Fsync) throws {
        let syncs = Mutex(0)
        try withLog(
            { $0.fsync = fsync },
            syncToDisk: { descriptor in
                syncs.withLock { $0 += 1 }
                return fdatasync(descriptor)
            }
        ) { log, path in
            // Not flushed, as a flush syncs in any case.
            for number in 1...20 { log.add(Fixture.line(number)) }
            if fsync != .none { try Fixture.require { syncs.withLock { $0 } > 0 } }
            add(21...22, to: log)
            let numbers = try Fixture.numbers(path).lines
            #expect(numbers == Array(1...22))
            #expect(log.statistics.failures == 0)
            #expect((syncs.withLock { $0 } > 0) == (fsync != .none))
        }
    }

    @Test func aClockIn2099RemovesNothing() throws {
        let clock = TestClock()
        try withLog({ $0.retention.maxAge = 30 * 86400 }, clock: clock.clock) { log, path in
            let now = Double(clock.clock.wallClock().milliseconds) / 1000
            for number in 1...3 {
                try Data("{}\n".utf8).write(to: URL(fileURLWithPath: "\(path).\(number)"))
                let age = Double(number) * 86400
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSince1970: now - age)], ofItemAtPath: "\(path).\(number)")
            }
            clock.advance(2_290_000_000)
            log.reopen()
            add(1...1, to: log)
            #expect(log.statistics.removed == 0)
            #expect(FileManager.default.fileExists(atPath: path + ".3"))
        }
    }

    @Test func aFailedSyncIsReportedAndRetried() throws {
        try Fixture.withFolder { folder in
            let isBroken = Mutex(true)
            let log = EventLog(
                settings: EventLog.Settings(path: folder + "/events.jsonl", fsync: .each), clock: .system
            ) { file in
                guard isBroken.withLock({ $0 }) else { return fdatasync(file) }
                errno = EIO
                return -1
            }
            log.add(Fixture.line(1))
            log.flush(seconds: 10)
            #expect(log.statistics.isFailing && log.statistics.lastError == .ioError)
            #expect(
                try Fixture.numbers(log.settings.path).lines == [1], "the record is written although the sync failed")
            isBroken.withLock { $0 = false }
            try Fixture.require { !log.statistics.isFailing }
        }
    }

    /// As on a network file system whose server is gone.
    @Test func aHangingDiskBlocksNoCaller() throws {
        try Fixture.withFolder { folder in
            let clock = TestClock()
            let (hangs, entered) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            let settings = EventLog.Settings(path: folder + "/events.jsonl", fsync: .each)
            let log = EventLog(settings: settings, clock: clock.clock) { _ in
                entered.signal()
                hangs.wait()
                return 0
            }
            for number in 1...3 { log.add(Fixture.line(number)) }
            entered.wait()
            #expect(log.progress.depth == 3)
            #expect(log.progress.stall(at: clock.clock.monotonic()) == nil)
            clock.advance(25)
            log.add(Fixture.line(4))
            #expect(log.progress.stall(at: clock.clock.monotonic()) == 25)
            log.flush(seconds: 0.05)
            for _ in 1...4 { hangs.signal() }
            try Fixture.require { log.progress.depth == 0 && log.progress.stall(at: clock.clock.monotonic()) == nil }
        }
    }
}
