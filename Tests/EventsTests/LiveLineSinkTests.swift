import Foundation
import Glibc
import Testing

@testable import Events

/// No caller waits for a reader, and a reader learns how many records it missed.
@Suite(.timeLimit(.minutes(10))) struct LiveLineSinkTests {
    private static func line(_ number: Int) -> EventLine {
        EventLine(sequence: number, text: Array("{\"seq\":\(number)}".utf8), topic: EventTopic(type: "start"))
    }

    private static func rest(of buffer: inout LineBuffer) -> [String] {
        var lines: [String] = []
        while let item = buffer.next(at: Timestamp(milliseconds: 0)) {
            lines.append(String(decoding: item.text, as: UTF8.self))
        }
        return lines
    }

    private static func gap(_ missed: Int, _ sequence: Int) -> String {
        #"{"v":1,"seq":\#(sequence),"time":"1970-01-01T00:00:00.000Z","type":"gap","missed":\#(missed)}"# + "\n"
    }

    @Test func aFullBufferDropsAndCountsTheOldest() {
        var buffer = LineBuffer(capacity: 3)
        for number in 1...7 { buffer.append(Self.line(number)) }
        #expect(Self.rest(of: &buffer) == [Self.gap(4, 4), #"{"seq":5}"#, #"{"seq":6}"#, #"{"seq":7}"#])
        #expect(buffer.lostCount == 4)
        #expect(buffer.isEmpty)
    }

    @Test func unwrittenRecordsComeFirst() throws {
        var buffer = LineBuffer(capacity: 2)
        for number in 1...2 { buffer.append(Self.line(number)) }
        let first = buffer.next(at: Timestamp(milliseconds: 0))
        buffer.putBack(try #require(first))
        for number in 3...5 { buffer.append(Self.line(number)) }
        #expect(Self.rest(of: &buffer) == [#"{"seq":1}"#, Self.gap(2, 3), #"{"seq":4}"#, #"{"seq":5}"#])
    }

    @Test func anUnwrittenGapGrows() throws {
        var buffer = LineBuffer(capacity: 1)
        for number in 1...3 { buffer.append(Self.line(number)) }
        let next = buffer.next(at: Timestamp(milliseconds: 0))
        let gap = try #require(next)
        #expect(gap.missed == 2)
        buffer.append(Self.line(4))
        buffer.putBack(gap)
        #expect(Self.rest(of: &buffer) == [Self.gap(3, 3), #"{"seq":4}"#])
    }

    @Test func recordsReadInTimeHaveNoGaps() {
        var buffer = LineBuffer(capacity: 3)
        for number in 1...100 {
            buffer.append(Self.line(number))
            #expect(buffer.next(at: Timestamp(milliseconds: 0))?.sequence == number)
        }
        #expect(buffer.isEmpty)
    }

    @Test func aStalledReaderBlocksNoCaller() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let sink = LiveLineSink(try .file("/dev/fd/\(ends[1])"), capacity: 10, now: { Timestamp(milliseconds: 0) })
        let filler = String(repeating: "x", count: 1000)
        // Far more than the capacity of a pipe: this would never return if a caller waited.
        for number in 1...5000 {
            var line = JSONLine()
            line.add("seq", number)
            line.add("filler", filler)
            sink.add(line, sequence: number)
        }
        var text = Data()
        let reader = FileHandle(fileDescriptor: ends[0], closeOnDealloc: false)
        while !text.contains(Data("\"seq\":5000".utf8)) { text += reader.availableData }
        let lines = text.split(separator: UInt8(ascii: "\n")).compactMap {
            try? JSONSerialization.jsonObject(with: Data($0)) as? [String: Any]
        }
        let missed = lines.compactMap { $0["missed"] as? Int }.reduce(0, +)
        #expect(missed > 4000)
        #expect(lines.count { $0["filler"] != nil } + missed >= 4999)
        let numbers = lines.compactMap { $0["seq"] as? Int }
        #expect(numbers == numbers.sorted())
        #expect(Set(numbers).count == numbers.count)
    }
}
