import Capture
import Foundation
import TestSupport
import Testing

@testable import Watch

/// A part of a recording has the same samples as the whole has there.
@Suite(.enabled(if: Recording.isAvailable, Recording.reason), .timeLimit(.minutes(10))) struct RecordingPartTests {
    struct Seen: Equatable {
        var time: Double
        var hash: UInt64?
    }

    /// What a recording is stored in, and ffmpeg's options.
    struct Container: CustomStringConvertible, Sendable {
        var description: String
        var name: String
        var options: [String]
        /// Whether it is said where in the file a time is.
        var hasIndex = true
        var samplings = [Sampling.rate(7), .all, .keyFrames]
    }

    private static let codec = [
        "-c:v", "libx264", "-preset", "ultrafast", "-bf", "3", "-g", "50", "-pix_fmt", "yuv420p",
    ]
    private static let openGroups = [
        "-c:v", "libx264", "-preset", "veryfast", "-bf", "3", "-g", "50", "-x264-params", "open-gop=1",
    ]

    static let containers = [
        Container(description: "MP4", name: "a.mp4", options: codec),
        Container(
            description: "MP4 with open groups of frames", name: "a.mp4",
            options: openGroups + ["-pix_fmt", "yuv420p"],
            samplings: [.rate(7), .all]),
        Container(
            description: "Matroska that starts at ten seconds", name: "a.mkv",
            options: codec + ["-output_ts_offset", "10"]),
        Container(
            description: "a variable frame rate", name: "a.mp4",
            options: ["-vf", "setpts='(N*0.04+0.013*mod(N*N,7))/TB'", "-fps_mode", "vfr", "-enc_time_base", "1:1000"]
                + codec),
        Container(description: "MPEG-TS", name: "a.ts", options: codec, hasIndex: false),
        Container(description: "AVI", name: "a.avi", options: ["-c:v", "mpeg4", "-bf", "2"], hasIndex: false),
    ]

    static let parts = [
        RecordingPart(from: 5.1), RecordingPart(to: 3), RecordingPart(from: 6, to: 7.04), RecordingPart(from: 9.97),
        RecordingPart(from: 4, to: 100),
    ]

    @Test(arguments: containers)
    func aPartHasTheSamplesThatTheWholeHasThere(_ container: Container) throws {
        try Recording.withFolder { folder in
            let path = folder + "/" + container.name
            try Recording.scene(path, seconds: 10, rate: 25, options: container.options)
            for sampling in container.samplings {
                let whole = try Self.samples(path, .all, sampling)
                let first = try #require(whole.first?.time)
                for part in Self.parts {
                    let expected = whole.filter { sample in
                        sample.time - first >= part.from - 0.0005
                            && sample.time - first < (part.to ?? .infinity) - 0.0005
                    }
                    #expect(try Self.samples(path, part, sampling) == expected, "\(sampling) \(part)")
                }
            }
            let whole = try Self.samples(path, .all, .rate(3), .reference)
            let first = try #require(whole.first?.time)
            for part in Self.parts {
                let expected = whole.filter { sample in
                    sample.time - first >= part.from - 0.0005 && sample.time - first < (part.to ?? .infinity) - 0.0005
                }
                #expect(try Self.samples(path, part, .rate(3), .reference) == expected, "\(part)")
            }
        }
    }

    @Test(arguments: containers)
    func whereAFileHasAnIndexTheBeginningIsNotDecoded(_ container: Container) throws {
        try Recording.withFolder { folder in
            let path = folder + "/" + container.name
            try Recording.scene(path, seconds: 10, rate: 25, options: container.options)
            let source = FileSource(path: path, sampling: .all, decoderThreads: 1, interruption: CancellationToken())
            try source.open()
            let first = try #require(try source.nextFrame()).time
            #expect(source.seek(to: first + 7) == container.hasIndex)
            guard container.hasIndex else { return }
            let next = try #require(try source.nextFrame()).time - first
            #expect(next > 3 && next <= 7, "\(next)")
            while try source.nextFrame() != nil {}
            #expect(source.corruption.isEmpty)
        }
    }

    /// I B B B P B B B P …: every fourth frame is one that others refer to.
    @Test(arguments: [1.0, 2, 3, 5, 6.25, 25])
    func theNearestReferenceFramesAreSampledAndNoOtherIsDecoded(rate: Double) throws {
        try Recording.withFolder { folder in
            let path = folder + "/a.mp4"
            let options = [
                "-c:v", "libx264", "-bf", "3", "-g", "300", "-x264-params", "b-adapt=0:b-pyramid=none:scenecut=0",
                "-pix_fmt", "yuv420p",
            ]
            try Recording.scene(path, seconds: 8, rate: 25, options: options)
            let references = stride(from: 0, to: 8, by: 0.16)
            var wanted: [Double] = []
            for instant in stride(from: 0, to: 7.6, by: 1 / rate) {
                // Of two that are equally near, the first.
                let nearest = try #require(references.min { abs($0 - instant) < abs($1 - instant) - 1e-6 })
                if nearest != wanted.last { wanted.append(nearest) }
            }
            let found = try Self.samples(path, RecordingPart(to: 7.6), .rate(rate), .reference).map(\.time)
            let differences = zip(found, wanted).map { abs($0 - $1) }
            // An instant just before the end may have its nearest frame behind it.
            #expect(abs(found.count - wanted.count) <= 1 && differences.allSatisfy { $0 < 0.001 }, "\(found)")
        }
    }

    @Test func aPartBehindTheEndIsAMistake() throws {
        try Recording.with { _, clip in
            #expect(throws: SourceError.malformed("it is over before the part that was asked for begins")) {
                try Self.samples(clip, RecordingPart(from: 60), .all)
            }
        }
    }

    /// Frames between key frames are not read if samples are far from each other, and the samples are the same.
    @Test(arguments: ["a.mp4", "a.mkv", "a.ts"]) func sparseSamplesSkipWhatIsBetweenThem(name: String) throws {
        try Recording.withFolder { folder in
            let path = folder + "/" + name
            try Recording.scene(
                path, seconds: 60, rate: 25, options: ["-c:v", "libx264", "-preset", "fast", "-bf", "3", "-g", "50"])
            let all = try Self.samples(path, .all, .all)
            let first = try #require(all.first).time
            for rate in [0.07, 0.1, 0.3, 0.49] {
                let expected = (0...Int(60 * rate)).compactMap { slot in
                    all.first { $0.time - first + 0.001 >= Double(slot) / rate }
                }
                let source = FileSource(
                    path: path, sampling: .rate(rate), decoderThreads: 2, skipsUnsampled: true,
                    interruption: CancellationToken())
                try source.open()
                let hasher = FrameHasher()
                var frames = SampledFrames(source, part: .all, sampling: .rate(rate), choice: .first)
                var seen: [Seen] = []
                while let frame = try frames.next() { seen.append(Seen(time: frame.time, hash: hasher.hash(frame))) }
                #expect(seen == expected, "\(rate)")
                let received = source.receivedFrames ?? 0
                if rate <= 0.1, name.hasSuffix("mp4") { #expect(received < 800, "\(received) of 1500 frames") }
                source.close()
            }
        }
    }

    private static func samples(
        _ path: String, _ part: RecordingPart, _ sampling: Sampling, _ choice: FrameChoice = .first
    ) throws -> [Seen] {
        let source = FileSource(
            path: path, sampling: sampling, decoderThreads: 2, skipsUnreferenced: choice == .reference,
            interruption: CancellationToken())
        try source.open()
        defer { source.close() }
        let hasher = FrameHasher()
        var frames = SampledFrames(source, part: part, sampling: sampling, choice: choice)
        var seen: [Seen] = []
        while let frame = try frames.next() { seen.append(Seen(time: frame.time, hash: hasher.hash(frame))) }
        return seen
    }
}
