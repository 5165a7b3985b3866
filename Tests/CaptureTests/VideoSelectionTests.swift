import Testing

@testable import Capture

/// Of several videos in a stream, the one that costs least and serves is read.
@Suite(.enabled(if: Clip.isAvailable, Clip.reason), .timeLimit(.minutes(10))) struct VideoSelectionTests {
    @Test func theSmallestThatServesIsRead() throws {
        try Self.withThreeSizes { path in
            let cases: [(VideoSelection, PixelSize)] = [
                (.best, PixelSize(width: 640, height: 480)),
                (.smallest(covering: PixelSize(width: 224, height: 224)), PixelSize(width: 320, height: 240)),
                (.smallest(covering: PixelSize(width: 100, height: 100)), PixelSize(width: 160, height: 120)),
                (.smallest(covering: PixelSize(width: 2000, height: 2000)), PixelSize(width: 640, height: 480)),
                (.number(0), PixelSize(width: 640, height: 480)),
                (.number(1), PixelSize(width: 160, height: 120)),
            ]
            for (selection, size) in cases {
                let chosen = try Self.size(selection, of: path)
                #expect(chosen == size, "\(selection)")
            }
        }
    }

    @Test func aNumberThatIsNotThereIsRefused() throws {
        try Self.withThreeSizes { path in
            #expect(throws: SourceError.malformed("it has no video stream 3, only 3, counted from 0")) {
                try Self.size(.number(3), of: path)
            }
        }
    }

    @Test func soundIsNoVideo() throws {
        try Clip.with("a.ts", ["-f", "lavfi", "-i", "sine=duration=1"]) { clip in
            for selection in [VideoSelection.best, .number(0), .smallest(covering: PixelSize(width: 1, height: 1))] {
                #expect(throws: SourceError.noVideo) { try Self.size(selection, of: clip.path) }
            }
        }
    }

    private static func size(_ selection: VideoSelection, of path: String) throws -> PixelSize {
        let input = DemuxerInput(url: "file:" + path, options: [], selection: selection, redact: { $0 })
        let demuxer = try Demuxer(input, interruption: CancellationToken())
        let parameters = try #require(demuxer.video.pointee.codecpar)
        return PixelSize(width: Int(parameters.pointee.width), height: Int(parameters.pointee.height))
    }

    /// A transport stream with one scene in three sizes, as HLS has them.
    private static func withThreeSizes(_ body: (String) throws -> Void) throws {
        let split = "[0:v]split=3[a][b][c];[a]scale=640:480[l];[b]scale=160:120[s];[c]scale=320:240[m]"
        try Clip.with(
            "three.ts",
            Clip.testSource(seconds: 1) + ["-filter_complex", split, "-map", "[l]", "-map", "[s]", "-map", "[m]"]
                + Clip.h264()
        ) { try body($0.path) }
    }
}
