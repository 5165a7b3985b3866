import Foundation
import Testing

@testable import Capture

/// Frames that a camera has encoded, made here by ffmpeg.
@Suite(.enabled(if: Clip.isAvailable, Clip.reason), .timeLimit(.minutes(10))) struct V4L2EncodedTests {
    /// Packets of a test frame, one a buffer.
    private func packets(_ codec: [String], name: String, size: String = "64x48", count: Int) throws -> [[UInt8]] {
        var packets: [[UInt8]] = []
        let source = ["-f", "lavfi", "-i", "smptebars=size=\(size):rate=10:duration=\(Double(count) / 10)"]
        try Clip.with(name, source + codec) { clip in
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: clip.path)))
            // Each JPEG begins with this; each frame of H.264 with the access unit delimiter.
            let start: [UInt8] = name.hasSuffix("h264") ? [0, 0, 0, 1, 9] : [0xFF, 0xD8, 0xFF]
            let starts = bytes.indices.filter { bytes[$0...].starts(with: start) } + [bytes.count]
            packets = zip(starts, starts.dropFirst()).map { Array(bytes[$0..<$1]) }
        }
        try #require(packets.count == count)
        return packets
    }

    private func jpegs(size: String = "64x48", count: Int) throws -> [[UInt8]] {
        try packets(["-c:v", "mjpeg", "-q:v", "2", "-huffman", "default"], name: "a.mjpeg", size: size, count: count)
    }

    private func h264(count: Int, keyInterval: Int) throws -> [[UInt8]] {
        let options = Clip.h264(keyInterval: keyInterval, bFrames: 0) + ["-x264-params", "scenecut=0:repeat-headers=1"]
        return try packets(options + ["-bsf:v", "h264_metadata=aud=insert"], name: "a.h264", count: count)
    }

    private func camera(_ code: FourCC, _ packets: [[UInt8]], size: PixelSize = PixelSize(64, 48)) -> FakeCamera {
        let camera = FakeCamera([.single(code, size)])
        camera.script = packets.map { .frame(FakeFrame(bytes: $0)) }
        return camera
    }

    private func expectYellow(_ image: PixelBuffer) {
        // The second of seven bars, at three quarters of full strength.
        let found = image.colour(row: 8, column: 32 * 3 / 14)
        #expect(abs(found.0 - 191) < 12 && abs(found.1 - 191) < 12 && found.2 < 12, "\(found)")
    }

    @Test func colourIsKeptInMotionJPEG() throws {
        let camera = try camera("MJPG", jpegs(count: 5))
        try camera.run(camera.source()) { source in
            for _ in 0..<5 { try expectYellow(source.image()) }
            #expect(source.statistics.frames == 5)
            #expect(camera.buffers.count { $0.isQueued } == 4, "the buffer is the camera's again")
        }
    }

    @Test(arguments: [(32, 160), (160, 160), (161, 320), (400, 640)])
    func largeJPEGsAreHalvedWhileTheyAreDecoded(_ input: Int, _ width: Int) throws {
        let camera = try camera("MJPG", jpegs(size: "640x640", count: 1), size: PixelSize(640, 640))
        let request = V4L2Request(input: PixelSize(input, input), samplingRate: 5)
        try camera.run(camera.source(request: request)) { source in
            let frame = try #require(try source.nextFrame())
            #expect(frame.width == (input == 32 ? 80 : width))
        }
    }

    @Test func brokenJPEGsAreLeftOutAndCounted() throws {
        var packets = try jpegs(count: 7)
        packets[1].removeLast(packets[1].count / 2)
        packets[2] = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 97 &+ $0 >> 3) }
        packets[4] = []
        packets[5].removeFirst(100)
        let camera = camera("MJPG", packets)
        let source = camera.source()
        #expect(try camera.readOn(source).frames == 3)
        #expect(source.statistics.frames == 3)
        #expect(source.statistics.corrupt == 4)
    }

    @Test func aCameraWhoseEveryJPEGHasAFlawIsTakenAsItIs() throws {
        let packets = try jpegs(count: 15).map { Array($0.dropLast(200)) }
        let camera = camera("MJPG", packets)
        let source = camera.source()
        #expect(try camera.readOn(source).frames == 5)
        #expect(source.statistics.corrupt == 10)
    }

    @Test func aSizeThatChangesInMotionJPEGIsFollowed() throws {
        let camera = try camera("MJPG", jpegs(count: 2) + jpegs(size: "128x96", count: 2))
        try camera.run(camera.source()) { source in
            var widths: [Int] = []
            for _ in 0..<4 { widths.append(try #require(try source.nextFrame()).width) }
            #expect(widths == [64, 64, 128, 128])
        }
    }

    @Test func colourIsKeptInH264AndNoFrameIsHeldBack() throws {
        let camera = try camera("H264", h264(count: 10, keyInterval: 5))
        try camera.run(camera.source()) { source in
            for _ in 0..<10 { try expectYellow(source.image()) }
            #expect(source.statistics.frames == 10)
            #expect(source.statistics.corrupt == 0)
        }
    }

    @Test func afterALossH264IsTrustedFromTheNextKeyFrameOn() throws {
        let packets = try h264(count: 15, keyInterval: 5)
        let camera = FakeCamera([.single("H264", PixelSize(64, 48))])
        // Two frames after the first key frame are lost.
        camera.script = packets.enumerated().filter { !(2...3).contains($0.offset) }.map {
            .frame(
                FakeFrame(
                    bytes: $0.element, sequence: UInt32($0.offset),
                    time: timeval(tv_sec: 100, tv_usec: $0.offset * 1000)))
        }
        let source = camera.source()
        var times: [Int] = []
        #expect(throws: SourceError.timedOut) {
            try camera.run(source) { source in
                while let frame = try source.nextFrame() { times.append(Int(((frame.time - 100) * 1000).rounded())) }
            }
        }
        #expect(times == [0, 1] + Array(5..<15))
        #expect(source.statistics.missed == 2)
        #expect(source.statistics.corrupt == 1)
    }

    @Test func aStreamThatIsJoinedInTheMiddleBeginsWithItsNextKeyFrame() throws {
        let packets = try h264(count: 10, keyInterval: 5)
        let camera = camera("H264", Array(packets.dropFirst(2)))
        try camera.run(camera.source()) { source in
            for _ in 5..<10 { try expectYellow(source.image()) }
            #expect(source.statistics.frames == 5)
        }
    }

    @Test func trustComesBackByItselfAfterAWhile() {
        var trust = KeyframeGate()
        trust.noteLoss()
        let accepted = [1.0, 3, 4.9, 5.1, 6].map { trust.accepts(time: $0, isKey: false, isCorrupt: false) }
        #expect(accepted == [false, false, false, true, true])
        let keyFrames = [true, false].map { trust.accepts(time: 7, isKey: true, isCorrupt: $0) }
        #expect(keyFrames == [false, true])
    }
}
