import Foundation
import Testing

@testable import Capture

/// Files that are not what they should be: a sentence, and never a crash.
@Suite(.enabled(if: Clip.isAvailable, Clip.reason), .timeLimit(.minutes(10))) struct BadInputTests {
    private func open(_ path: String) throws {
        let source = FileSource(path: path, sampling: .all, decoderThreads: 1, interruption: CancellationToken())
        try source.open()
        while try source.nextFrame() != nil {}
    }

    @Test func aFileThatIsNotThere() {
        #expect(throws: SourceError.unreadable("no such file or directory")) { try open("/nowhere/a.mp4") }
    }

    @Test func aDirectory() {
        #expect(throws: SourceError.unreadable("it is a directory, not a file")) { try open("/tmp") }
    }

    @Test func anEmptyFile() throws {
        try Clip.with("a.mp4", Clip.testSource(seconds: 0.2) + Clip.h264()) { clip in
            let empty = try clip.changed { $0 = [] }
            #expect(throws: SourceError.malformed("it is empty")) { try open(empty.path) }
        }
    }

    @Test func rubbish() throws {
        try Clip.with("a.mp4", Clip.testSource(seconds: 0.2) + Clip.h264()) { clip in
            let rubbish = try clip.changed { $0 = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 97 &+ $0 >> 3) } }
            let error = #expect(throws: SourceError.self) { try open(rubbish.path) }
            #expect(error?.isMalformed == true)
        }
    }

    @Test func audioWithoutVideo() throws {
        try Clip.with("a.wav", ["-f", "lavfi", "-i", "sine=duration=0.5"]) { clip in
            #expect(throws: SourceError.noVideo) { try open(clip.path) }
        }
    }

    @Test func aSongWithItsCover() throws {
        try Clip.with("cover.png", ["-f", "lavfi", "-i", "color=red:size=32x32", "-frames:v", "1"]) { cover in
            let song = ["-f", "lavfi", "-i", "sine=duration=0.5", "-i", cover.path, "-map", "0", "-map", "1"]
            try Clip.with("a.mp3", song + ["-c:v", "copy", "-disposition:v", "attached_pic"]) { clip in
                #expect(throws: SourceError.noVideo) { try open(clip.path) }
            }
        }
    }

    @Test func aPhotoThatBreaksOff() throws {
        try Clip.with("a.jpg", ["-f", "lavfi", "-i", "testsrc2=size=640x480:rate=1", "-frames:v", "1"]) { clip in
            let whole = try clip.read()
            #expect(whole.frames.count == 1)
            #expect(whole.corruption.isEmpty)
            let cut = try clip.changed { $0.removeLast($0.count / 2) }.read()
            #expect(cut.frames.isEmpty)
            #expect(cut.corruption.frames == 1)
        }
    }

    @Test func textIsNoVideo() throws {
        try Clip.with("a.mp4", Clip.testSource(seconds: 0.2) + Clip.h264()) { clip in
            let text = URL(fileURLWithPath: clip.path).deletingLastPathComponent().appendingPathComponent("a.txt")
            let diary = String(repeating: "Dear diary, nothing to see here today.\n", count: 40)
            try Data(diary.utf8).write(to: text)
            #expect(throws: SourceError.malformed("it is text, not a video or image")) { try open(text.path) }
        }
    }

    @Test func aNameThatIsNotUTF8IsSaidToBe() {
        #expect(
            throws: SourceError.unreadable("no such file or directory (its name is not UTF-8, which is not supported)")
        ) {
            try open("/nowhere/caf\u{FFFD}.mp4")
        }
    }

    @Test func anEncryptedRecording() throws {
        let key = "76a6c65c5ea762046bd749a2e632ccbb"
        let encryption = ["-encryption_scheme", "cenc-aes-ctr", "-encryption_key", key, "-encryption_kid", key]
        try Clip.with("a.mp4", Clip.testSource(seconds: 0.5) + Clip.h264() + encryption) { clip in
            #expect(throws: SourceError.encrypted) { try open(clip.path) }
        }
    }

    @Test func aCodecThatNobodyKnows() throws {
        try Clip.with("a.mp4", Clip.testSource(seconds: 0.5) + Clip.h264()) { clip in
            let unknown = try clip.changed { bytes in
                while let at = bytes.firstRange(of: Array("avc1".utf8)) {
                    bytes.replaceSubrange(at, with: Array("zzz9".utf8))
                }
            }
            #expect(throws: SourceError.noDecoder("zzz9")) { try open(unknown.path) }
        }
    }

    @Test func aDecoderThatRefuses() throws {
        // Raw frames of a format that does not exist.
        try Clip.with(
            "a.avi", Clip.testSource(seconds: 0.2, size: "32x32") + ["-c:v", "rawvideo", "-pix_fmt", "bgr24"]
        ) { clip in
            let refused = try clip.changed { bytes in
                // The number of bits of a pixel, in the header of the bitmap.
                guard let format = bytes.firstRange(of: Array("strf".utf8)) else { return }
                bytes[format.upperBound + 4 + 14] = 77
            }
            let error = #expect(throws: SourceError.self) { try open(refused.path) }
            #expect(error?.isMalformed == true)
            #expect(
                error?.description.hasPrefix("the decoder cannot be opened") == true, "\(String(describing: error))")
        }
    }

    @Test func anIndexThatIsMissing() throws {
        // The index of an MP4 file comes last, so a file that was cut off has none.
        try Clip.with("a.mp4", Clip.testSource() + Clip.h264()) { clip in
            let cut = try clip.changed { $0.removeLast($0.count / 2) }
            let error = #expect(throws: SourceError.self) { try open(cut.path) }
            #expect(error?.description.contains("moov atom not found") == true, "\(String(describing: error))")
        }
    }

    @Test(arguments: [
        ("a.mp4", ["-movflags", "+faststart"]), ("a.mkv", []), ("a.avi", []),
        ("a.flv", ["-flvflags", "+add_keyframe_index"]),
    ])
    func aRecordingThatBreaksOffIsReadUpToThere(_ name: String, _ options: [String]) throws {
        let codec = name == "a.avi" ? ["-c:v", "mjpeg"] : Clip.h264()
        try Clip.with(name, Clip.testSource(seconds: 8) + codec + options) { clip in
            let whole = try clip.read()
            #expect(whole.corruption.isEmpty)
            #expect(whole.frames.count == 200)
            let cut = try clip.changed { $0.removeLast($0.count / 2) }
            let half = try cut.read()
            #expect((60..<160).contains(half.frames.count), "\(half.frames.count) of 200 frames")
            #expect(!half.corruption.isEmpty)
        }
    }

    @Test(arguments: [("a.mp4", 1), ("a.mkv", 2), ("a.ts", 2)])
    func aCorruptSegmentIsSkippedAndCounted(_ name: String, _ threads: Int) throws {
        try Clip.with(name, Clip.testSource(seconds: 12) + Clip.h264(keyInterval: 25)) { clip in
            let whole = try clip.read(threads: threads)
            #expect(whole.corruption.isEmpty)
            #expect(whole.frames.count == 300)
            let corrupt = try clip.changed { bytes in
                for at in bytes.count / 2..<bytes.count / 2 + 20_000 {
                    bytes[at] = UInt8(truncatingIfNeeded: at &* 31 &+ at >> 7)
                }
            }
            let result = try corrupt.read(threads: threads)
            #expect(!result.corruption.segments.isEmpty)
            #expect(result.corruption.segments.allSatisfy { $0.start > 3 && $0.end < 9 }, "\(result.corruption)")
            let times = Set(result.frames.map { Int(($0.time * 25).rounded()) })
            let first = Int((whole.frames[0].time * 25).rounded())
            #expect((first..<first + 100).allSatisfy(times.contains), "everything before is there")
            #expect((first + 225..<first + 300).allSatisfy(times.contains), "everything after is there")
        }
    }

    @Test func aPlaylistCannotReachTheNetwork() throws {
        try Clip.with("a.png", ["-f", "lavfi", "-i", "color=red:size=32x32", "-frames:v", "1"]) { clip in
            let playlist = try clip.changed { bytes in
                bytes = Array(
                    "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n".utf8)
            }
            let error = #expect(throws: SourceError.self) { try open(playlist.path) }
            #expect(error?.isMalformed == true)
        }
    }

    @Test(arguments: ["%03d.png", "a:b.png", "sp ace ü.png", "-dash.png", "http:__x.png"])
    func strangeNamesAreNames(_ name: String) throws {
        try Clip.with("a.png", ["-f", "lavfi", "-i", "color=red:size=32x32", "-frames:v", "1"]) { clip in
            let folder = URL(fileURLWithPath: clip.path).deletingLastPathComponent()
            let other = folder.appendingPathComponent(name).path
            try FileManager.default.moveItem(atPath: clip.path, toPath: other)
            try open(other)
        }
    }

    @Test func workCanBeInterrupted() throws {
        try Clip.with("a.mp4", Clip.testSource() + Clip.h264()) { clip in
            let interruption = CancellationToken()
            let source = FileSource(path: clip.path, sampling: .all, decoderThreads: 1, interruption: interruption)
            try source.open()
            _ = try source.nextFrame()
            interruption.cancel()
            #expect(throws: SourceError.interrupted) { try source.nextFrame() }
        }
    }
}
