import Foundation
import Testing

@testable import Events

@Suite(.timeLimit(.minutes(10))) struct LineSinkTests {
    @Test func linesAreWrittenWholeAndInOrder() throws {
        try withFile { path in
            let sink = try LineSink.file(path)
            for number in 0..<5000 { sink.add(Self.line(number)) }
            try sink.flush()
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(text == (0..<5000).map { "{\"n\":\($0)}\n" }.joined())
        }
    }

    @Test func aFileIsTruncatedOnRequest() throws {
        try withFile { path in
            try "old\n".write(toFile: path, atomically: false, encoding: .utf8)
            let sink = try LineSink.file(path)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "old\n", "not before it is told to")
            sink.empty()
            sink.add(Self.line(1))
            try sink.flush()
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "{\"n\":1}\n")
        }
    }

    @Test func aPathThatCannotBeOpenedIsNamed() {
        let error = #expect(throws: LineSink.Failure.self) { try LineSink.file("/nowhere/events.jsonl") }
        #expect(error?.isOpening == true)
        #expect(error?.description == "/nowhere/events.jsonl: cannot write: no such file or directory")
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "there is no /dev/full here"))
    func aFullDiskIsReportedAndBlocksNothing() throws {
        let sink = try LineSink.file("/dev/full")
        for number in 0..<3000 { sink.add(Self.line(number)) }
        let error = #expect(throws: LineSink.Failure.self) { try sink.flush() }
        #expect(error?.description == "/dev/full: cannot write: no space left on device")
        #expect(sink.currentFailure == error)
    }

    private static func line(_ number: Int) -> JSONLine {
        var line = JSONLine()
        line.add("n", number)
        return line
    }

    private func withFile(_ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("sink-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }
}
