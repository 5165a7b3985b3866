import Foundation
import Testing

@testable import Events

/// Repair of the end of a file after a power failure, and the identity of files.
@Suite(.timeLimit(.minutes(10))) struct LogFileTests {
    static let one = Fixture.line(1).text
    static let two = Fixture.line(2).text

    /// The end of a file before and after the repair.
    struct End: Sendable, CustomTestStringConvertible {
        var before: [UInt8]
        var after: [UInt8]
        var isRepaired = true

        var testDescription: String { "\(String(decoding: before.suffix(60), as: UTF8.self)) (\(before.count) bytes)" }
    }

    static let braces = [UInt8](repeating: UInt8(ascii: "{"), count: 100_000)
    static let ends = [
        End(before: [], after: [], isRepaired: false), End(before: one, after: one, isRepaired: false),
        End(before: one + two, after: one + two, isRepaired: false),
        End(before: one + Array(two.dropLast()), after: one), End(before: one + Array(two.prefix(1)), after: one),
        End(before: Array(two.prefix(40)), after: []), End(before: one + [0, 0, 0], after: one),
        End(before: [0, 0, 0], after: []),
        // Another program's file: it must stay as it is.
        End(before: Array("port = 22".utf8), after: Array("port = 22\n".utf8)),
        End(before: one + Array("hello".utf8), after: one + Array("hello\n".utf8)),
        End(before: braces, after: braces + [10]),
    ]

    @Test(arguments: ends) func tornLinesAreRepaired(_ end: End) throws {
        try Fixture.withFolder { folder in
            let path = folder + "/log"
            try Data(end.before).write(to: URL(fileURLWithPath: path))
            let file = try LogFile(path: path, mode: 0o640)
            #expect(file.wasRepaired == end.isRepaired)
            try file.append(Self.two, at: Fixture.time(0))
            #expect(FileManager.default.contents(atPath: path).map { Array($0) } == end.after + Self.two)
        }
    }

    @Test func theAgeOfAFileIsThatOfItsFirstRecord() throws {
        try Fixture.withFolder { folder in
            let path = folder + "/log"
            let new = try LogFile(path: path, mode: 0o640)
            #expect(new.firstRecordTime == nil)
            try new.append(Fixture.line(7).text, at: Fixture.time(9))
            #expect(new.firstRecordTime == Fixture.time(9))
            let again = try LogFile(path: path, mode: 0o640)
            #expect(again.firstRecordTime == Fixture.time(7))
        }
    }

    @Test func aRemovedFileHasNoSize() throws {
        try Fixture.withFolder { folder in
            let file = try LogFile(path: folder + "/log", mode: 0o640)
            #expect(file.size == 0)
            #expect(file.isCurrent)
            try FileManager.default.moveItem(atPath: folder + "/log", toPath: folder + "/log.1")
            #expect(file.size == 0)
            #expect(!file.isCurrent)
            try FileManager.default.removeItem(atPath: folder + "/log.1")
            #expect(file.size == nil)
        }
    }

    @Test func sequenceNumbersAndTimesAreFoundWithoutParsing() {
        let line = Fixture.line(123).text
        #expect(LoggedLine.sequence(of: line) == 123)
        #expect(LoggedLine.time(of: line) == Fixture.time(123))
        #expect(LoggedLine.sequence(of: Array(#"{"seq": 5, "type": "x"}"#.utf8)) == 5)
        for rubbish in [
            "", "{", "[]", "null", #"{"v":1,"seq":"#, #"{"v":1,"seq":x}"#, #"{"seq":"5","type":"x"}"#, "\u{0}",
        ] {
            let number = LoggedLine.sequence(of: Array(rubbish.utf8))
            #expect(number == nil || number == 0, "\(rubbish)")
            #expect(LoggedLine.time(of: Array(rubbish.utf8)) == nil)
        }
    }
}
