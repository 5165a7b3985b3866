import Testing

@testable import Capture

/// Times are the recording's own, whatever it does with them.
@Suite(.enabled(if: Clip.isAvailable, Clip.reason), .timeLimit(.minutes(10))) struct TimeTests {
    /// Frames at times that have no common rate, the first of them not at 0.
    static let variableRate = [
        "-vf", "setpts='(N*0.04+0.013*mod(N*N,7))/TB'", "-vsync", "vfr", "-enc_time_base", "1:1000",
    ]

    struct Recording: CustomStringConvertible, Sendable {
        var description: String
        var name: String
        var arguments: [String]
    }

    static let recordings = [
        Recording(description: "constant rate in MP4", name: "a.mp4", arguments: Clip.testSource() + Clip.h264()),
        Recording(
            description: "variable rate in MP4", name: "a.mp4",
            arguments: Clip.testSource() + variableRate + Clip.h264()),
        Recording(
            description: "variable rate in Matroska", name: "a.mkv",
            arguments: Clip.testSource() + variableRate + Clip.h264()),
        Recording(
            description: "a start at ten seconds in Matroska", name: "a.mkv",
            arguments: Clip.testSource() + Clip.h264() + ["-output_ts_offset", "10"]),
        Recording(
            description: "a start at ten seconds in MPEG-TS", name: "a.ts",
            arguments: Clip.testSource() + Clip.h264() + ["-output_ts_offset", "10"]),
        Recording(
            description: "a start at ten seconds in MP4", name: "a.mp4",
            arguments: Clip.testSource() + Clip.h264() + ["-output_ts_offset", "10"]),
        Recording(
            description: "29.97 frames a second in FLV", name: "a.flv",
            arguments: ["-f", "lavfi", "-i", "testsrc2=duration=2:rate=30000/1001:size=160x120"] + Clip.h264()),
        Recording(description: "Motion JPEG in AVI", name: "a.avi", arguments: Clip.testSource() + ["-c:v", "mjpeg"]),
        Recording(
            description: "MPEG-4 with B-frames in AVI", name: "a.avi",
            arguments: Clip.testSource() + ["-c:v", "mpeg4", "-bf", "2"]),
        Recording(
            description: "VP9 in WebM", name: "a.webm",
            arguments: Clip.testSource(seconds: 1, size: "160x120") + ["-c:v", "libvpx-vp9", "-deadline", "realtime"]),
        Recording(
            description: "an edit list that cuts off the beginning", name: "a.mp4",
            arguments: Clip.testSource() + Clip.h264(keyInterval: 50) + ["-ss", "0.5"]),
    ]

    @Test(arguments: recordings)
    func everyFramesTimeIsTheOneThatFFprobeSays(_ recording: Recording) throws {
        try Clip.with(recording.name, recording.arguments) { clip in
            let expected = try clip.times()
            let found = try clip.frames().map(\.time)
            try #require(
                !expected.isEmpty && expected.count == found.count, "\(expected.count) and \(found.count) frames")
            for case (let a?, let b) in zip(expected, found) { #expect(abs(a - b) < 0.001) }
            for (earlier, later) in zip(found, found.dropFirst()) { #expect(earlier < later) }
        }
    }

    @Test func keyFramesAreTheOnesThatFFprobeSays() throws {
        try Clip.with("a.mp4", Clip.testSource(seconds: 4) + Clip.h264(keyInterval: 12)) { clip in
            let expected = try clip.times(["-skip_frame", "nokey"])
            let frames = try clip.frames(sampling: .keyFrames)
            #expect(!frames.contains { !$0.isKey })
            #expect(expected.count == 9)
            #expect(frames.map(\.time) == expected)
        }
    }

    @Test func durationAndStartAreTheFilesOwn() throws {
        try Clip.with("a.mkv", Clip.testSource() + Clip.h264() + ["-output_ts_offset", "10"]) { clip in
            let source = FileSource(
                path: clip.path, sampling: .all, decoderThreads: 1, interruption: CancellationToken())
            try source.open()
            #expect(abs((source.info.startTime ?? 0) - 10) < 0.1)
            #expect(source.info.duration != nil)
        }
    }

    @Test(arguments: ["a.mkv", "a.h264", "a.ts"])
    func theLengthOfAFileThatDoesNotSaySoIsMeasured(_ name: String) throws {
        let live = name == "a.mkv" ? ["-f", "matroska", "-live", "1"] : []
        try Clip.with(name, Clip.testSource(seconds: 4) + Clip.h264(bFrames: 0) + live) { clip in
            let source = FileSource(
                path: clip.path, sampling: .all, decoderThreads: 1, interruption: CancellationToken())
            try source.open()
            let duration = try #require(source.measureDuration())
            #expect(abs(duration - 4) < 0.1)
        }
    }

    @Test func aLastFrameThatStaysForLongIsNoTruncation() throws {
        try Clip.with("a.gif", Clip.testSource(seconds: 1, rate: 10) + ["-final_delay", "500"]) { clip in
            let corruption = try clip.read().corruption
            #expect(corruption.isEmpty)
        }
        try Clip.with("a.mp4", Clip.testSource(seconds: 2) + Clip.h264(bFrames: 0)) { clip in
            let held = try clip.remuxed("b.mp4", ["-bsf:v", "setts=duration=if(eq(N\\,49)\\,5/TB\\,DURATION)"])
            for sampling in [Sampling.all, .keyFrames] {
                let corruption = try held.read(sampling: sampling).corruption
                #expect(corruption.isEmpty)
            }
        }
    }

    @Test func theCreationTimeIsTheFilesOwn() throws {
        let arguments = Clip.testSource(seconds: 0.2) + Clip.h264()
        try Clip.with("a.mp4", arguments + ["-metadata", "creation_time=2026-11-22T21:17:03Z"]) { clip in
            let source = FileSource(
                path: clip.path, sampling: .all, decoderThreads: 1, interruption: CancellationToken())
            try source.open()
            #expect(source.info.creationTime == "2026-11-22T21:17:03.000000Z")
        }
    }
}

/// What a test remembers of a frame.
struct SeenFrame {
    var time: Double
    var isKey: Bool
}

extension Clip {
    /// Everything that a source gives.
    func frames(sampling: Sampling = .all, threads: Int = 2) throws -> [SeenFrame] {
        try read(sampling: sampling, threads: threads).frames
    }

    /// Everything that a source gives, and what of it was corrupt.
    func read(sampling: Sampling = .all, threads: Int = 2) throws -> (frames: [SeenFrame], corruption: Corruption) {
        let source = FileSource(
            path: path, sampling: sampling, decoderThreads: threads, interruption: CancellationToken())
        try source.open()
        defer { source.close() }
        var frames: [SeenFrame] = []
        while let frame = try source.nextFrame() { frames.append(SeenFrame(time: frame.time, isKey: frame.isKey)) }
        return (frames, source.corruption)
    }
}
