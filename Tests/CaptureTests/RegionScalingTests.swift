import CFFmpeg
import TestSupport
import Testing

@testable import Capture

/// Regions show what `ffmpeg -vf crop` shows, whatever the format and the orientation.
@Suite(.enabled(if: Clip.isAvailable, Clip.reason), .timeLimit(.minutes(10))) struct RegionScalingTests {
    /// Of 320 × 240 pixels: left edge, upper edge, width and height.
    private static let crops = [
        (0, 0, 320, 240), (0, 0, 160, 120), (40, 64, 200, 96), (312, 232, 8, 8), (64, 16, 256, 224),
    ]

    private func region(_ crop: (Int, Int, Int, Int), width: Double = 320, height: Double = 240) -> Region {
        Region(
            name: "a", x: Double(crop.0) / width, y: Double(crop.1) / height, width: Double(crop.2) / width,
            height: Double(crop.3) / height)
    }

    @Test(arguments: [
        "yuv420p", "yuv422p", "yuv444p", "yuv411p", "yuv410p", "nv12", "yuyv422", "uyvy422", "yuv420p10le",
        "gray", "rgb24", "bgr0", "gbrp", "yuva420p", "pal8", "monob",
    ])
    func regionsAreCutOutInEveryPixelFormat(_ format: String) throws {
        let raw = ["-c:v", "rawvideo", "-pix_fmt", format]
        try Clip.with("a.nut", Clip.testSource(seconds: 0.04) + raw) { clip in
            try clip.withFirstFrame { frame in
                for crop in Self.crops {
                    let filter = "crop=\(crop.2):\(crop.3):\(crop.0):\(crop.1)"
                    try Clip.with("b.nut", ["-i", clip.path, "-vf", filter] + raw) { cut in
                        let found = difference(try scaled(frame, region(crop)), try cut.image())
                        #expect(found.most <= 1, "\(filter): \(found)")
                    }
                }
            }
        }
    }

    @Test(arguments: ["90", "180", "270"])
    func regionsAreGivenInTheUprightFrame(_ degrees: String) throws {
        try Clip.with("a.mp4", Clip.testSource(seconds: 0.2) + Clip.h264()) { clip in
            let rotated = try clip.remuxed("b.mp4", ["-metadata:s:v:0", "rotate=\(degrees)"])
            let isUpended = degrees != "180"
            try rotated.withFirstFrame { frame in
                #expect(frame.orientation != .upright)
                for crop in [(0, 0, 120, 80), (80, 40, 160, 200), (16, 160, 96, 64)] {
                    let filter = "crop=\(crop.2):\(crop.3):\(crop.0):\(crop.1)"
                    let output = ["-vf", filter, "-frames:v", "1", "-c:v", "ffv1", "-pix_fmt", "yuv420p"]
                    try Clip.with("b.mkv", ["-i", rotated.path] + output) { cut in
                        let region = region(crop, width: isUpended ? 240 : 320, height: isUpended ? 320 : 240)
                        let found = difference(try scaled(frame, region), try cut.image())
                        // Where colours lie between the pixels depends on the side from which one looks.
                        #expect(found.mean < 2, "\(filter): \(found)")
                    }
                }
            }
        }
    }

    @Test func theFitIsAppliedToTheRegion() throws {
        try Clip.with("a.nut", Clip.testSource(seconds: 0.04) + ["-c:v", "rawvideo", "-pix_fmt", "yuv420p"]) { clip in
            try clip.withFirstFrame { frame in
                let wide = region((40, 20, 200, 100))
                let middle = region((90, 20, 100, 100))
                let cropped = try scaled(frame, wide, fit: .crop)
                #expect(difference(cropped, try scaled(frame, middle)).most == 0)
                let padded = try scaled(frame, wide, fit: .pad)
                #expect(padded.colour(row: 3, column: 16) == (124, 116, 104))
                #expect(padded.colour(row: 28, column: 16) == (124, 116, 104))
                #expect(padded.colour(row: 16, column: 16) != (124, 116, 104))
            }
        }
    }

    @Test func pixelsThatAreNotSquareAreTakenIntoAccount() throws {
        let anamorphic = ["-vf", "setsar=2", "-c:v", "ffv1", "-pix_fmt", "yuv420p"]
        try Clip.with("a.mkv", Clip.testSource(seconds: 0.04) + anamorphic) { clip in
            try clip.withFirstFrame { frame in
                #expect(frame.pixelAspect == 2)
                // 100 × 200 pixels are shown as a square.
                let square = region((100, 20, 100, 200))
                let squashed = try scaled(frame, square)
                #expect(difference(try scaled(frame, square, fit: .crop), squashed).most == 0)
                #expect(difference(try scaled(frame, square, fit: .pad), squashed).most == 0)
            }
        }
    }

    @Test func theFrameStaysAsItIsAndSizesArePreparedOnce() throws {
        try Clip.with("a.nut", Clip.testSource(seconds: 0.04) + ["-c:v", "rawvideo", "-pix_fmt", "nv12"]) { clip in
            try clip.withFirstFrame { frame in
                let scaler = Scaler(fit: .crop)
                let regions = try RegionParser.regions(["tiles=3x2,0.2", "door=0.6,0.1,0.2,0.7"]) + [.full]
                let base = frame.handle.pointee.data.0
                var first: [PixelBuffer] = []
                for round in 0..<3 {
                    for (index, region) in regions.enumerated() {
                        let buffer = PixelBuffer(width: 32, height: 32)
                        try scaler.scale(frame, region: region, into: buffer)
                        if round == 0 { first.append(buffer) }
                        #expect(difference(buffer, first[index]).most == 0, "\(region.name)")
                    }
                    #expect(scaler.converter.contextCount <= regions.count)
                }
                #expect((frame.width, frame.height) == (320, 240))
                #expect(frame.handle.pointee.data.0 == base)
            }
        }
    }

    @Test func regionsSmallerThanAPixelShowOne() throws {
        try Clip.with("a.nut", Clip.testSource(seconds: 0.04) + ["-c:v", "rawvideo", "-pix_fmt", "rgb24"]) { clip in
            try clip.withFirstFrame { frame in
                for place in [0, 0.5, 0.9999] {
                    let dot = Region(name: "a", x: place, y: place, width: 0.0001, height: 0.0001)
                    let buffer = try scaled(frame, dot)
                    #expect(buffer.colour(row: 0, column: 0) == buffer.colour(row: 31, column: 31))
                }
            }
        }
    }

    @Test(arguments: ["yuv420p", "yuv410p", "yuyv422", "bgr0", "monob", "bayer_bggr8"])
    func cutOutsBeginWhereAPixelOfEveryPlaneBeginsAndStayInTheFrame(_ name: String) throws {
        let columns = ["yuv420p": 2, "yuv410p": 4, "yuyv422": 2, "monob": 8, "bayer_bggr8": 2][name] ?? 1
        let rows = ["yuv420p": 2, "yuv410p": 4, "bayer_bggr8": 2][name] ?? 1
        var random = SplitMix64(state: 5)
        for (width, height) in [(64, 48), (33, 19)] {
            let frame = try TestFrame.random(name, width: width, height: height)
            for _ in 0..<200 {
                let x = Double(random.fraction()), y = Double(random.fraction())
                let part = Rectangle(
                    x: x, y: y, width: (1 - x) * Double(random.fraction()), height: (1 - y) * Double(random.fraction()))
                let crop = Crop(part, of: frame, format: ColourFormat(frame.handle.pointee))
                #expect(crop.left % columns == 0 && crop.top % rows == 0 && crop.width > 0 && crop.height > 0)
                #expect(crop.left >= 0 && crop.left + crop.width <= width)
                #expect(crop.top >= 0 && crop.top + crop.height <= height)
            }
        }
    }

    private func scaled(_ frame: Frame, _ region: Region, fit: Fit = .squash) throws -> PixelBuffer {
        let buffer = PixelBuffer(width: 32, height: 32)
        try Scaler(fit: fit).scale(frame, region: region, into: buffer)
        return buffer
    }

    private func difference(_ a: PixelBuffer, _ b: PixelBuffer) -> (most: Int, mean: Double) {
        let differences = (0..<a.height).flatMap { row in zip(a.row(row), b.row(row)).map { abs(Int($0) - Int($1)) } }
        return (differences.max() ?? 0, Double(differences.reduce(0, +)) / Double(differences.count))
    }
}

extension Clip {
    /// Calls `body` with the first frame.
    func withFirstFrame(_ body: (Frame) throws -> Void) throws {
        let source = FileSource(path: path, sampling: .all, decoderThreads: 1, interruption: CancellationToken())
        try source.open()
        try body(try #require(try source.nextFrame()))
        source.close()
    }
}
