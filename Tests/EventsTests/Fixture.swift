import Foundation
import TestSupport
import Testing

@testable import Events

/// Records and folders for tests.
enum Fixture {
    /// A record as in a log.
    static func line(
        _ sequence: Int, type: String = "start", source: String = "door", label: String? = "tabby cat",
        group: String? = "cat", filler: Int = 0
    ) -> EventLine {
        var line = JSONLine()
        line.add("v", 1)
        line.add("seq", sequence)
        line.add("time", time(sequence).description)
        line.add("type", type)
        line.add("id", "ID\(sequence)")
        line.add("source", source)
        line.add("label", label)
        line.add("group", group)
        if filler > 0 { line.add("filler", String(repeating: "x", count: filler)) }
        return EventLine(
            sequence: sequence, text: line.line,
            topic: EventTopic(type: type, source: source, label: label, group: group))
    }

    /// One second for each sequence number.
    static func time(_ sequence: Int) -> Timestamp {
        Timestamp(milliseconds: 1_795_382_210_932 + 1000 * Int64(sequence))
    }

    /// Calls `body` with a temporary folder.
    static func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("events-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    /// Waits for a condition.
    static func require(_ condition: () throws -> Bool) throws {
        let holds = try TestTimeout.wait(for: condition)
        try #require(holds, "the condition did not hold within \(TestTimeout.seconds) s")
    }

    /// Lines of a file.
    static func lines(_ path: String) -> [String] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        return data.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Sequence numbers of the records of files without `gap` records, and the number of missing records in those.
    static func numbers(_ paths: String...) throws -> (lines: [Int], missed: Int) {
        var numbers: [Int] = []
        var missed = 0
        for line in paths.flatMap(lines) {
            let line = try #require(LoggedLine(Array(line.utf8)), "no line of a log: \(line)")
            if line.type == "gap" { missed += line.missed ?? 0 } else { numbers.append(line.seq) }
        }
        return (numbers, missed)
    }
}

/// Clocks that a test sets.
final class TestClock: @unchecked Sendable {
    private let lock = NSLock()
    private var wallTime = Fixture.time(0)
    private var monotonicTime = 0.0

    var clock: EventClock {
        EventClock(
            wallClock: { self.lock.withLock { self.wallTime } },
            monotonic: { self.lock.withLock { self.monotonicTime } })
    }

    func advance(_ seconds: Double) {
        lock.withLock {
            wallTime = wallTime.advanced(by: seconds)
            monotonicTime += seconds
        }
    }
}
