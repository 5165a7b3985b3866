import Basics
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Capture

/// Recordings that come through a pipe, and pipes of which nothing comes.
@Suite(.enabled(if: Recording.isAvailable, Recording.reason), .timeLimit(.minutes(10))) struct PipeTests {
    private func source(_ path: String, timeout: Double, _ interruption: CancellationToken = CancellationToken())
        -> FileSource
    {
        FileSource(path: path, sampling: .all, decoderThreads: 1, timeout: timeout, interruption: interruption)
    }

    private func frames(of source: FileSource) throws -> Int {
        try source.open()
        var count = 0
        while try source.nextFrame() != nil { count += 1 }
        return count
    }

    @Test func aRecordingComesWholeThroughAPipe() throws {
        try Recording.withFolder { folder in
            let bytes = try Recording.stream(in: folder)
            let pipe = try NamedPipe(folder + "/pipe")
            pipe.hold()
            let source = source(pipe.path, timeout: TestTimeout.seconds)
            let writer = ThreadQueue(label: "writer")
            let path = pipe.path
            writer.async {
                // Opened before the other is closed, so that it never is at its end too soon.
                let file = FileHandle(forWritingAtPath: path)
                try? file?.write(contentsOf: Data(bytes))
                try? file?.close()
            }
            try source.open()
            pipe.close()
            var count = 0
            while try source.nextFrame() != nil { count += 1 }
            #expect(count == 50)
            #expect(source.receivedFrames == 50)
        }
    }

    /// Opening it for reading would wait for somebody who writes, whatever it is told.
    @Test func aPipeThatNobodyWritesToIsGivenUp() throws {
        try Recording.withFolder { folder in
            let pipe = try NamedPipe(folder + "/pipe")
            #expect(throws: SourceError.lost("no data for 1 s")) {
                try source(pipe.path, timeout: 0.5).open()
            }
        }
    }

    @Test func aPipeThatStallsInTheMiddleIsGivenUp() throws {
        try Recording.withFolder { folder in
            let bytes = try Recording.stream(in: folder)
            let pipe = try NamedPipe(folder + "/pipe")
            pipe.hold()
            let writer = Thread { [path = pipe.path] in
                guard let file = FileHandle(forWritingAtPath: path) else { return }
                try? file.write(contentsOf: Data(bytes.prefix(bytes.count * 3 / 4)))
            }
            writer.start()
            let source = source(pipe.path, timeout: 1)
            #expect(throws: SourceError.lost("no data for 1 s")) { _ = try frames(of: source) }
            #expect((source.receivedFrames ?? 0) > 10)
        }
    }

    @Test func theWaitForAPipeEndsWhenItIsToldTo() throws {
        try Recording.withFolder { folder in
            let pipe = try NamedPipe(folder + "/pipe")
            let interruption = CancellationToken()
            let source = source(pipe.path, timeout: .infinity, interruption)
            ThreadQueue(label: "cancel").async { [path = pipe.path] in
                #expect(TestTimeout.wait { NamedPipe.isOpen(path) })
                interruption.cancel()
            }
            #expect(throws: SourceError.interrupted) { try source.open() }
        }
    }

    /// Frames that no other is made from need not be decoded for ten a second; they have come all the same.
    @Test func framesThatAreNotDecodedHaveCome() throws {
        try Recording.withFolder { folder in
            let path = folder + "/clip.ts"
            let options = [
                "-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-b_strategy", "0", "-pix_fmt", "yuv420p",
            ]
            try Data(try Recording.stream(in: folder, options: options)).write(to: URL(fileURLWithPath: path))
            let source = FileSource(
                path: path, sampling: .rate(5), decoderThreads: 1, playsCamera: true, interruption: CancellationToken())
            let given = try frames(of: source)
            #expect(given < 40, "B-frames are left out")
            #expect(source.receivedFrames == 50)
            source.close()
            #expect(try frames(of: source) == given)
            #expect(source.receivedFrames == 100, "since it was made")
        }
    }

    /// A file may claim anything.
    @Test func timesAtTheEndOfTheirRangeAreNoOverflow() {
        var span = PacketSpan(timeBase: 0.001)
        #expect(span.duration(rate: 25) == nil)
        span.note(timestamp: nil, duration: 40)
        #expect(span.duration(rate: 25) == 0.04, "all that is known is that there is one")
        span.note(timestamp: 1000, duration: 40)
        span.note(timestamp: 2000, duration: 40)
        #expect(span.duration(rate: 25).map { abs($0 - 1.04) < 1e-9 } == true)
        span.note(timestamp: .max, duration: .max)
        #expect(span.duration(rate: 25).map { $0 > 1e15 } == true)
    }
}
