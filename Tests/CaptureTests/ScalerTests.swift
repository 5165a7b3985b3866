import Foundation
import Testing

@testable import Capture

/// Colours arrive as they were, whatever the format; frames stand upright and are cut as asked.
@Suite(.enabled(if: Clip.isAvailable, Clip.reason), .timeLimit(.minutes(10))) struct ScalerTests {
    /// Four quarters: red, green, blue, white, from the top left.
    static let quarters = [
        "-f", "lavfi", "-i",
        "color=red:size=64x48:rate=5:duration=0.4[a];color=lime:size=64x48:rate=5:duration=0.4[b];"
            + "color=blue:size=64x48:rate=5:duration=0.4[c];color=white:size=64x48:rate=5:duration=0.4[d];"
            + "[a][b][c][d]xstack=inputs=4:layout=0_0|w0_0|0_h0|w0_h0",
    ]

    static let red: (Int, Int, Int) = (255, 0, 0)
    static let green: (Int, Int, Int) = (0, 255, 0)
    static let blue: (Int, Int, Int) = (0, 0, 255)
    static let white: (Int, Int, Int) = (255, 255, 255)

    @Test(arguments: [
        "yuv420p", "yuv422p", "yuv444p", "yuv420p10le", "yuv422p10le", "yuv444p12le", "yuva420p", "gbrp", "bgr0",
        "rgb48le",
    ])
    func coloursAreKeptInEveryPixelFormat(_ format: String) throws {
        let encoding = ["-c:v", "ffv1", "-pix_fmt", format]
        try Clip.with("a.mkv", Self.quarters + encoding) { clip in
            try expectCorners(clip.image(), [Self.red, Self.green, Self.blue, Self.white])
        }
    }

    @Test(arguments: [("a.png", ["-frames:v", "1"]), ("a.gif", ["-frames:v", "1"]), ("a.bmp", ["-frames:v", "1"])])
    func coloursAreKeptInPhotos(_ name: String, _ encoding: [String]) throws {
        try Clip.with(name, Self.quarters + encoding) { clip in
            try expectCorners(clip.image(), [Self.red, Self.green, Self.blue, Self.white])
        }
    }

    @Test func jpegsWithTheirFullRangeAreNotStretched() throws {
        try Clip.with("a.jpg", Self.quarters + ["-frames:v", "1", "-pix_fmt", "yuvj444p", "-q:v", "1"]) { clip in
            try expectCorners(clip.image(), [Self.red, Self.green, Self.blue, Self.white])
        }
    }

    @Test(arguments: ["gray", "gray10le", "gray16le"])
    func greyIsGrey(_ format: String) throws {
        for level in [40, 220] {  // far from the middle, where a wrong range shows
            let grey = [
                "-f", "lavfi", "-i", "color=0x\(String(level * 0x10101, radix: 16)):size=64x48:rate=5:duration=0.4",
            ]
            try Clip.with("a.mkv", grey + ["-c:v", "ffv1", "-pix_fmt", format]) { clip in
                let grey: (Int, Int, Int) = (level, level, level)
                try expectCorners(clip.image(), [grey, grey, grey, grey])
            }
        }
    }

    @Test(arguments: ["0", "90", "180", "270"])
    func recordingsThatSayHowToTurnThemAreTurnedAsFFmpegTurnsThem(_ degrees: String) throws {
        try Clip.with("a.mp4", Self.quarters + Clip.h264()) { clip in
            let rotated = try clip.remuxed("b.mp4", ["-metadata:s:v:0", "rotate=\(degrees)"])
            try Clip.with("upright.png", ["-i", rotated.path, "-frames:v", "1"]) { upright in
                let expected = try upright.image()
                let corners = [(4, 4), (4, 27), (27, 4), (27, 27)].map { expected.colour(row: $0.0, column: $0.1) }
                try expectCorners(rotated.image(), corners, tolerance: 12)
                #expect(close(corners[0], Self.red, 12) == (degrees == "0"))
            }
        }
    }

    @Test func croppingShowsTheMiddleUndistorted() throws {
        // Three stripes, red, lime and blue, each as wide as the frame is high: only the middle is seen.
        try Clip.with("a.mkv", Self.stripes + ["-c:v", "ffv1"]) { clip in
            try expectCorners(clip.image(fit: .crop, size: 32), [Self.green, Self.green, Self.green, Self.green])
            let squashed = try clip.image(fit: .squash, size: 30)
            #expect(close(squashed.colour(row: 15, column: 3), Self.red))
            #expect(close(squashed.colour(row: 15, column: 15), Self.green))
            #expect(close(squashed.colour(row: 15, column: 27), Self.blue))
        }
    }

    @Test func paddingShowsEverythingUndistortedWithBars() throws {
        try Clip.with("a.mkv", Self.stripes + ["-c:v", "ffv1"]) { clip in
            let image = try clip.image(fit: .pad, size: 30)
            let bar: (Int, Int, Int) = (124, 116, 104)
            for row in [0, 5, 24, 29] { #expect(close(image.colour(row: row, column: 15), bar), "row \(row)") }
            #expect(close(image.colour(row: 15, column: 3), Self.red))
            #expect(close(image.colour(row: 15, column: 27), Self.blue))
        }
    }

    @Test func barsAtTheSidesAreNotWrittenInto() throws {
        let tall = [
            "-f", "lavfi", "-i", "color=red:size=62x200:rate=5:duration=0.4", "-pix_fmt", "yuv420p", "-c:v", "ffv1",
        ]
        try Clip.with("a.mkv", tall) { clip in
            let image = try clip.image(fit: .pad, size: 224)
            let bar: (Int, Int, Int) = (124, 116, 104)
            for row in [0, 1, 100, 223] {
                for column in 0..<224 where !(77...146).contains(column) {
                    let found = image.colour(row: row, column: column)
                    #expect(found == bar, "row \(row), column \(column)")
                }
                #expect(close(image.colour(row: row, column: 112), Self.red))
            }
        }
    }

    @Test func pixelsThatAreNotSquareAreTakenIntoAccount() throws {
        // 96 × 96 pixels that are shown as 3 : 1.
        try Clip.with("a.mkv", Self.stripes + ["-vf", "scale=96:96,setsar=3", "-c:v", "ffv1"]) { clip in
            let image = try clip.image(fit: .crop, size: 32)
            try expectCorners(image, [Self.green, Self.green, Self.green, Self.green])
        }
    }

    @Test func aRecordingWhoseSizeChangesIsReadThrough() throws {
        func part(_ colour: String, _ size: String) -> [String] {
            ["-f", "lavfi", "-i", "color=\(colour):size=\(size):rate=25:duration=1", "-c:v", "mpeg2video", "-q:v", "1"]
        }
        try Clip.with("a.ts", part("red", "320x240")) { red in
            try Clip.with("b.ts", part("blue", "176x144") + ["-output_ts_offset", "1"]) { blue in
                let both = try red.changed { bytes in
                    bytes += FileManager.default.contents(atPath: blue.path).map { [UInt8]($0) } ?? []
                }
                let source = FileSource(
                    path: both.path, sampling: .all, decoderThreads: 2, interruption: CancellationToken())
                let scaler = Scaler(fit: .squash)
                let buffer = PixelBuffer(width: 32, height: 32)
                var colours: [Bool] = []
                try source.open()
                while let frame = try source.nextFrame() {
                    try scaler.scale(frame, into: buffer)
                    colours.append(close(buffer.colour(row: 16, column: 16), Self.red, 12))
                }
                // The decoder may lose a frame or two where it has to begin anew.
                #expect((46...50).contains(colours.count))
                #expect(colours.prefix(23).allSatisfy { $0 })
                #expect(close(buffer.colour(row: 16, column: 16), Self.blue, 12))
            }
        }
    }

    @Test func everySizeOfFrameCanBeScaled() throws {
        for size in ["1x1", "2x500", "500x2", "17x13", "1920x1080"] {
            let encoding = [
                "-vf", "scale=\(size.replacingOccurrences(of: "x", with: ":")):flags=neighbor", "-frames:v", "1",
            ]
            try Clip.with("a.png", ["-f", "lavfi", "-i", "color=red:size=64x64:duration=1"] + encoding) { clip in
                for fit in Fit.allCases {
                    let image = try clip.image(fit: fit, size: 224)
                    #expect(close(image.colour(row: 112, column: 112), Self.red), "\(size) \(fit)")
                }
            }
        }
    }

    private static let stripes = [
        "-f", "lavfi", "-i",
        "color=red:size=96x96:rate=5:duration=0.4[a];color=lime:size=96x96:rate=5:duration=0.4[b];"
            + "color=blue:size=96x96:rate=5:duration=0.4[c];[a][b][c]hstack=inputs=3",
    ]

    /// The corners: top left, top right, bottom left, bottom right.
    private func expectCorners(
        _ image: PixelBuffer, _ colours: [(Int, Int, Int)], tolerance: Int = 6,
        location: SourceLocation = #_sourceLocation
    ) throws {
        let near = image.width / 8
        let far = image.width - 1 - near
        for (place, colour) in zip([(near, near), (near, far), (far, near), (far, far)], colours) {
            let found = image.colour(row: place.0, column: place.1)
            #expect(close(found, colour, tolerance), "row \(place.0), column \(place.1)", sourceLocation: location)
        }
    }
}

private func close(_ a: (Int, Int, Int), _ b: (Int, Int, Int), _ tolerance: Int = 6) -> Bool {
    abs(a.0 - b.0) <= tolerance && abs(a.1 - b.1) <= tolerance && abs(a.2 - b.2) <= tolerance
}

extension PixelBuffer {
    func colour(row: Int, column: Int) -> (Int, Int, Int) {
        let row = self.row(row)
        return (Int(row[3 * column]), Int(row[3 * column + 1]), Int(row[3 * column + 2]))
    }
}

extension Clip {
    /// The first frame, scaled.
    func image(fit: Fit = .squash, size: Int = 32) throws -> PixelBuffer {
        let source = FileSource(path: path, sampling: .all, decoderThreads: 1, interruption: CancellationToken())
        try source.open()
        let frame = try #require(try source.nextFrame())
        let buffer = PixelBuffer(width: size, height: size)
        try Scaler(fit: fit).scale(frame, into: buffer)
        return buffer
    }
}
