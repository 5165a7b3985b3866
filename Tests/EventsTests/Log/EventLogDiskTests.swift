import Foundation
import Testing

@testable import Events

/// A full file system of a megabyte, and logrotate itself.
@Suite(.timeLimit(.minutes(10))) struct EventLogDiskTests {
    /// Calls `body` with a file system of a megabyte. Mounting it needs root.
    private func withSmallDisk(_ body: (String) throws -> Void) throws {
        try Fixture.withFolder { folder in
            guard geteuid() == 0, Self.run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder) else {
                print("skipped: a file system of a megabyte cannot be mounted here")
                return
            }
            defer { _ = Self.run("umount", "-l", folder) }
            try body(folder)
        }
    }

    private static func run(_ arguments: String...) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    @Test func writingResumesAfterAFullDisk() throws {
        try withSmallDisk { folder in
            let path = folder + "/events.jsonl"
            try Data(count: 600_000).write(to: URL(fileURLWithPath: folder + "/ballast"))
            let log = EventLog(settings: EventLog.Settings(path: path, capacity: 500))
            for number in 1...5000 {
                log.add(Fixture.line(number, filler: 100))
                // Nothing may be dropped while there is space, however slow the machine is.
                if number.isMultiple(of: 100) { log.flush(seconds: 5) }
            }
            try Fixture.require { log.statistics.isFailing && log.statistics.missed > 0 }
            #expect(log.statistics.lastError == .noSpace)
            // There are only whole lines while the disk is full.
            let full = try #require(FileManager.default.contents(atPath: path))
            #expect(full.last == UInt8(ascii: "\n"))
            let before = try Fixture.numbers(path).lines
            #expect(before == Array(1...before.count))

            try FileManager.default.removeItem(atPath: folder + "/ballast")
            try Fixture.require { log.statistics.sequence == 5000 }
            for number in 5001...5100 { log.add(Fixture.line(number)) }
            log.flush(seconds: 5)
            let (numbers, missed) = try Fixture.numbers(path)
            #expect(missed == log.statistics.missed)
            #expect(numbers.count + missed == 5100)
            #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count)
            #expect(Fixture.lines(path).count { $0.contains("\"gap\"") } == 1)
            #expect(!log.statistics.isFailing)
        }
    }

    @Test func theOldestFilesAreRemovedWhenSpaceIsShort() throws {
        try withSmallDisk { folder in
            let path = folder + "/events.jsonl"
            let settings = EventLog.Settings(path: path, rotateSize: 100_000, freeSpace: 400_000)
            let log = EventLog(settings: settings)
            for number in 1...20_000 {
                log.add(Fixture.line(number))
                if number.isMultiple(of: 1000) { log.flush(seconds: 5) }
            }
            log.flush(seconds: 5)
            #expect(log.statistics.missed == 0)
            #expect(log.statistics.failures == 0)
            #expect(log.statistics.removed > 10)
            let files = RotatedFiles(path: path).entries()
            #expect((3...6).contains(files.count), "\(files)")
        }
    }

    @Test(arguments: ["create", "copytruncate"])
    func logrotateLosesNothing(_ mode: String) throws {
        guard Self.run("logrotate", "--version") else { return print("skipped: there is no logrotate here") }
        try Fixture.withFolder { folder in
            let path = folder + "/events.jsonl"
            // As root, logrotate skips folders that others may write to.
            chmod(folder, 0o755)
            let how = mode == "create" ? "create 0640" : "copytruncate"
            try "\(path) {\n rotate 50\n size 1\n missingok\n nocompress\n \(how)\n}\n"
                .write(toFile: folder + "/conf", atomically: false, encoding: .utf8)
            let log = EventLog(settings: EventLog.Settings(path: path))
            for round in 0..<8 {
                for number in 1...200 { log.add(Fixture.line(200 * round + number)) }
                // Records between its copying and truncating would be lost.
                if mode == "copytruncate" { log.flush(seconds: 5) }
                #expect(Self.run("logrotate", "-s", folder + "/state", folder + "/conf"))
                if round.isMultiple(of: 2) { log.reopen() }
            }
            log.flush(seconds: 5)
            let files = RotatedFiles(path: path)
            let paths = files.entries().reversed().map { files.path($0.number) } + [path]
            #expect(paths.count > 3)
            let numbers = try paths.flatMap { try Fixture.numbers($0).lines }
            #expect(numbers == Array(1...1600))
        }
    }
}
