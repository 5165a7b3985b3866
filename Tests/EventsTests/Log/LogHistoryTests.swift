import Foundation
import Testing

@testable import Events

/// Reading a log: after a sequence number, from a time, from its end, and as it grows.
@Suite(.timeLimit(.minutes(10))) struct LogHistoryTests {
    /// Writes files with ascending sequence numbers, the oldest first.
    private func write(_ files: [[Int]], _ path: String, filler: Int = 0) throws {
        for (index, numbers) in files.enumerated() {
            let text = numbers.flatMap { Fixture.line($0, filler: filler).text }
            let name = index == files.count - 1 ? path : "\(path).\(files.count - 1 - index)"
            try Data(text).write(to: URL(fileURLWithPath: name))
        }
    }

    private func numbers(_ history: LogHistory, _ start: HistoryReader.Start, _ filter: EventFilter = EventFilter())
        -> [Int]
    {
        let reader = HistoryReader(history, from: start, filter: filter)
        var numbers: [Int] = []
        while true {
            let batch = reader.next(size: 500)
            numbers += batch.text.split(separator: UInt8(ascii: "\n")).compactMap { LoggedLine.sequence(of: $0) }
            if batch.isLast { return numbers }
        }
    }

    @Test func readingStartsAfterAnySequenceNumber() throws {
        try Fixture.withFolder { folder in
            let path = folder + "/log"
            let all = [Array(3...40), Array(41...60) + Array(100...120), [], Array(121...130)]
            try write(all, path)
            let history = LogHistory(path: path)
            #expect(history.lastSequence == 130)
            for start in 0...140 {
                #expect(numbers(history, .after(start)) == all.flatMap { $0 }.filter { $0 > start }, "\(start)")
            }
            #expect(HistoryReader(history, from: .after(0)).firstSequence == 3)
            #expect(HistoryReader(history, from: .after(62)).firstSequence ?? 0 <= 63)
        }
    }

    @Test func aLargeLogIsSearchedByBisection() throws {
        try Fixture.withFolder { folder in
            let path = folder + "/log"
            let all = [Array(stride(from: 1, to: 9000, by: 3)), Array(stride(from: 9001, to: 30_000, by: 2))]
            try write(all, path, filler: 100)
            var random = SystemRandomNumberGenerator()
            for _ in 0..<50 {
                let start = Int.random(in: 0...31_000, using: &random)
                let reader = HistoryReader(LogHistory(path: path), from: .after(start))
                let first = reader.next(size: 1).text
                #expect(LoggedLine.sequence(of: first) == all.flatMap { $0 }.first { $0 > start }, "\(start)")
            }
        }
    }

    @Test func lastLinesAndTimesAndFilters() throws {
        try Fixture.withFolder { folder in
            let path = folder + "/log"
            try write([Array(1...50), Array(51...60)], path)
            let file = try #require(FileHandle(forWritingAtPath: path))
            try file.seekToEnd()
            for number in 61...90 {
                try file.write(
                    contentsOf: Fixture.line(number, source: number.isMultiple(of: 10) ? "yard" : "door").text)
            }
            try file.write(contentsOf: Data("{\"v\":1,\"seq\":91,\"ti".utf8))
            let history = LogHistory(path: path)
            #expect(history.lastLines(45).compactMap { LoggedLine.sequence(of: $0) } == Array(46...90))
            #expect(history.lastLines(0).isEmpty)
            #expect(history.lastLines(1000).count == 90)
            let yard = EventFilter(sources: ["yard"])
            #expect(history.lastLines(2, yard).compactMap { LoggedLine.sequence(of: $0) } == [80, 90])
            #expect(numbers(history, .after(65), yard) == [70, 80, 90])
            #expect(numbers(history, .time(Fixture.time(40))) == Array(40...90))
        }
    }

    @Test func linesThatAreNoRecordsAreSkipped() throws {
        try Fixture.withFolder { folder in
            let path = folder + "/log"
            var text = Data("hello\n\n\u{0}\u{0}\n[1]\n".utf8)
            text += Data(repeating: UInt8(ascii: "x"), count: 3 << 20) + Data("\n".utf8)
            text += Data(Fixture.line(5).text)
            try text.write(to: URL(fileURLWithPath: path))
            #expect(numbers(LogHistory(path: path), .after(0)) == [5])
            #expect(LogHistory(path: path).lastSequence == 5)
            #expect(LogHistory(path: folder + "/nothing").lastSequence == nil)
        }
    }

    @Test func filtersSelectBySourceLabelGroupAndType() {
        let cat = EventTopic(type: "start", source: "door", label: "tabby cat", group: "cat")
        let lost = EventTopic(type: "source_lost", source: "door")
        let cases: [(EventFilter, Bool, Bool)] = [
            (EventFilter(), true, true), (EventFilter(sources: ["door"]), true, true),
            (EventFilter(sources: ["yard"]), false, false), (EventFilter(labels: ["cat"]), true, false),
            (EventFilter(labels: ["tabby cat", "dog"]), true, false), (EventFilter(labels: ["dog"]), false, false),
            (EventFilter(types: ["source_lost", "source_found"]), false, true),
            (EventFilter(sources: ["door"], labels: ["cat"], types: ["end"]), false, false),
        ]
        for (filter, passesCat, passesLost) in cases {
            #expect(filter.passes(cat) == passesCat)
            #expect(filter.passes(lost) == passesLost)
            #expect(filter.passes(EventTopic(type: "gap")))
        }
    }

    /// A log that grows, is rotated and truncated while it is followed.
    @Test func aLogIsFollowedOverRotationAndTruncation() throws {
        try Fixture.withFolder { folder in
            let path = folder + "/log"
            let log = EventLog(settings: EventLog.Settings(path: path, rotateSize: 3000))
            var last = 0
            func add(_ count: Int) {
                for _ in 0..<count {
                    last += 1
                    log.add(Fixture.line(last))
                }
                log.flush(seconds: 5)
            }
            add(30)
            let follower = LogFollower(LogHistory(path: path), last: 5, filter: EventFilter())
            var seen: [Int] = []
            func follow() { while let line = follower.next() { seen.append(LoggedLine.sequence(of: line) ?? -1) } }
            follow()
            #expect(seen == Array(26...30))
            for count in [1, 0, 7, 200, 3, 50] {
                add(count)
                follow()
            }
            #expect(log.statistics.rotations > 5)
            #expect(seen == Array(26...last))
            try #require(truncate(path, 0) == 0)
            add(4)
            follow()
            #expect(seen == Array(26...last))
            // Another program's run, with sequence numbers of its own.
            try Data(Fixture.line(1).text + Fixture.line(2).text).write(
                to: URL(fileURLWithPath: path), options: .atomic)
            follow()
            #expect(seen.suffix(2) == [1, 2])
        }
    }
}
