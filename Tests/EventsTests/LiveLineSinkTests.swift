import Foundation
import Glibc
import Testing

@testable import Events

/// Nobody waits for a reader, and a reader knows what it missed.
@Suite struct LiveLineSinkTests {
    private static func entry(_ number: Int) -> LineBuffer.Entry {
        var line = JSONLine()
        line.add("seq", number)
        return LineBuffer.Entry(sequence: number, line: line)
    }

    @Test func theOldestGivesWayAndIsCounted() {
        var buffer = LineBuffer(capacity: 3)
        for number in 1...7 { buffer.append(Self.entry(number)) }
        var lines: [String] = []
        while let line = buffer.next(at: Timestamp(milliseconds: 0)) { lines.append(String(decoding: line.object, as: UTF8.self)) }
        #expect(
            lines == [
                #"{"v":1,"seq":4,"time":"1970-01-01T00:00:00.000Z","type":"gap","missed":4}"#,
                #"{"seq":5}"#, #"{"seq":6}"#, #"{"seq":7}"#,
            ])
    }

    @Test func whatIsReadInTimeHasNoGaps() {
        var buffer = LineBuffer(capacity: 3)
        for number in 1...100 {
            buffer.append(Self.entry(number))
            #expect(buffer.next(at: Timestamp(milliseconds: 0)).map { String(decoding: $0.object, as: UTF8.self) } == "{\"seq\":\(number)}")
        }
        #expect(buffer.count == 0)
    }

    @Test func aReaderThatStopsReadingHoldsUpNobody() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let sink = LiveLineSink(try .file("/dev/fd/\(ends[1])"), capacity: 10, now: { Timestamp(milliseconds: 0) })
        let filler = String(repeating: "x", count: 1000)
        // Far more than a pipe holds: this would never return if anybody waited.
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
