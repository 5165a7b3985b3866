import Dispatch
import Glibc
import Testing

@testable import Basics

@Suite(.timeLimit(.minutes(10))) struct WriteAllTests {
    private let bytes = [UInt8](repeating: 7, count: 300_000)

    /// A pipe whose writing end does not block.
    private func pipe() throws -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [0, 0]
        try #require(Glibc.pipe(&ends) == 0)
        try #require(fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0)
        return (ends[0], ends[1])
    }

    @Test func aFullPipeIsAnErrorThatSaysHowMuchWasWritten() throws {
        let pipe = try pipe()
        defer { for end in [pipe.reading, pipe.writing] { close(end) } }
        let error = try #require(#expect(throws: PartialWrite.self) { try writeAll(bytes, to: pipe.writing) })
        #expect(error.error == .wouldBlock)
        var buffer = [UInt8](repeating: 0, count: bytes.count)
        #expect(read(pipe.reading, &buffer, buffer.count) == error.written)
    }

    @Test func aFullPipeIsWaitedFor() throws {
        let pipe = try pipe()
        let read = Mutex(0)
        let done = DispatchGroup()
        DispatchQueue(label: "reader").async(group: done) {
            var chunk = [UInt8](repeating: 0, count: 4096)
            while case let count = Glibc.read(pipe.reading, &chunk, chunk.count), count > 0 {
                read.withLock { $0 += count }
            }
        }
        try writeAll(bytes, to: pipe.writing, waitsForRoom: true)
        close(pipe.writing)
        done.wait()
        close(pipe.reading)
        #expect(read.withLock { $0 } == bytes.count)
    }

    @Test func whatCannotBeWrittenToIsAnError() {
        #expect(throws: PartialWrite(error: .badFileDescriptor, written: 0)) { try writeAll([1], to: -1) }
    }
}
