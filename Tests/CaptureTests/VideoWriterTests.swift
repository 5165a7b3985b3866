import Basics
import CFFmpeg
import Foundation
import TestSupport
import Testing

@testable import Capture

/// What is written can be read again: by this program, and by ffprobe.
@Suite(.timeLimit(.minutes(10))) struct VideoWriterTests {
    private static let size = PixelSize(width: 160, height: 90)

    /// Image of one colour.
    private static func image(_ colour: (UInt8, UInt8, UInt8)) -> PixelBuffer {
        let image = PixelBuffer(width: size.width, height: size.height)
        image.fill(colour)
        return image
    }

    private static func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("video-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    /// Reads all frames with their times and the colour in the middle.
    private static func frames(_ path: String) throws -> [(time: Double, colour: [Int])] {
        let source = FileSource(path: path, sampling: .all, decoderThreads: 1, interruption: CancellationToken())
        defer { source.close() }
        try source.open()
        let image = PixelBuffer(width: size.width, height: size.height)
        let scaler = Scaler(fit: .squash)
        var frames: [(Double, [Int])] = []
        while let frame = try source.nextFrame() {
            try scaler.scale(frame, into: image)
            let row = image.row(size.height / 2)
            frames.append((frame.time, (0..<3).map { Int(row[3 * (size.width / 2) + $0]) }))
        }
        return frames
    }

    /// Times need not be regular.
    @Test(arguments: ["a.mp4", "a.mkv", "a.avi"]) func framesKeepTheirTimesAndColours(name: String) throws {
        let times = name == "a.avi" ? [0, 0.2, 0.4, 0.6] : [0, 0.2, 0.25, 3.5]
        let colours: [(UInt8, UInt8, UInt8)] = [(200, 30, 30), (30, 200, 30), (30, 30, 200), (128, 128, 128)]
        try Self.withFolder { folder in
            let path = folder + "/" + name
            let writer = try VideoWriter(path: path, size: Self.size, isFragmented: false)
            for (time, colour) in zip(times, colours) { try writer.add(Self.image(colour), at: time) }
            try writer.finish()
            let frames = try Self.frames(path)
            #expect(frames.count == times.count)
            for (frame, (time, colour)) in zip(frames, zip(times, colours)) {
                #expect(abs(frame.time - frames[0].time - time) < 0.002, "\(frame.time)")
                let wanted = [Int(colour.0), Int(colour.1), Int(colour.2)]
                let difference = zip(frame.colour, wanted).map { abs($0 - $1) }.max() ?? 0
                #expect(difference <= 10, "\(frame.colour) instead of \(wanted), by \(writer.encoderName)")
            }
        }
    }

    @Test func anImageThatIsNotLaterIsLeftOut() throws {
        try Self.withFolder { folder in
            let writer = try VideoWriter(path: folder + "/a.mp4", size: Self.size, isFragmented: false)
            for time in [0, 1, 0.5, 1, 2] { try writer.add(Self.image((90, 90, 90)), at: time) }
            try writer.finish()
            #expect(try Self.frames(folder + "/a.mp4").count == 3)
        }
    }

    /// As when the machine loses its power.
    @Test func aFragmentedFileThatIsNotFinishedCanBePlayed() throws {
        try Self.withFolder { folder in
            let path = folder + "/a.mp4"
            let writer = try VideoWriter(path: path, size: Self.size, isFragmented: true)
            for index in 0..<240 { try writer.add(Self.image((UInt8(index), 90, 90)), at: Double(index) / 5) }
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            try whole.write(to: URL(fileURLWithPath: folder + "/copy.mp4"))
            #expect(try Self.frames(folder + "/copy.mp4").count >= 50)
            try writer.finish()
            #expect(try Self.frames(path).count == 240)
        }
    }

    @Test func aFileThatCannotBeCreatedSaysWhy() throws {
        #expect {
            _ = try VideoWriter(path: "/nowhere/a.mp4", size: Self.size, isFragmented: false)
        } throws: {
            "\($0)" == "No such file or directory"
        }
        #expect(VideoWriter.hasContainer(for: "a.mp4") && VideoWriter.hasContainer(for: "/x/a.mkv"))
        for name in ["a.txt", "a", ".mp4", "a.png", "mp4"] { #expect(!VideoWriter.hasContainer(for: name), "\(name)") }
    }

    @Test func aJPEGShowsTheImage() throws {
        try Self.withFolder { folder in
            for colour in [(250, 10, 10), (10, 250, 10), (0, 0, 0), (255, 255, 255)] as [(UInt8, UInt8, UInt8)] {
                let path = folder + "/a.jpg"
                try Data(try ImageEncoder.jpeg(Self.image(colour))).write(to: URL(fileURLWithPath: path))
                let read = try #require(try Self.frames(path).first).colour
                let wanted = [Int(colour.0), Int(colour.1), Int(colour.2)]
                #expect(zip(read, wanted).allSatisfy { abs($0 - $1) <= 4 }, "\(read) instead of \(wanted)")
            }
        }
    }

    /// A source reuses the memory of its frames.
    @Test(.enabled(if: Recording.isAvailable, Recording.reason)) func aCopyStaysWhenItsSourceReadsOn() throws {
        try Recording.with { _, clip in
            let source = FileSource(path: clip, sampling: .all, decoderThreads: 1, interruption: CancellationToken())
            defer { source.close() }
            try source.open()
            var copies: [(copy: FrameCopy, hash: UInt64?)] = []
            let hasher = FrameHasher()
            while let frame = try source.nextFrame(), copies.count < 10 {
                copies.append(
                    (try FrameCopy(frame), hasher.hash(frame)))
            }
            #expect(copies.count == 10)
            for (copy, hash) in copies {
                #expect(hasher.hash(copy.frame) == hash)
            }
            let image = try copies[0].copy.image(longestSide: 50, isEven: true)
            #expect(max(image.width, image.height) == 50 && image.height.isMultiple(of: 2))
        }
    }
}
