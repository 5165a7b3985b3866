import Basics
import CV4L2
import Testing

@testable import Capture

/// Raw frames of a camera arrive as they were taken, without a copy.
@Suite(.timeLimit(.minutes(10))) struct V4L2FrameTests {
    @Test(arguments: TestImage.rawFormats)
    func coloursAreKeptInEveryRawFormat(_ code: FourCC) throws {
        let camera = FakeCamera(code, frames: 2)
        try camera.run(camera.source()) { source in
            for _ in 0..<2 {
                try TestImage.expectBars(in: source.image(), grey: TestImage.isGrey(code), "\(code)")
            }
        }
    }

    @Test(arguments: TestImage.rawFormats)
    func bytesBehindTheRowsAreNoPixels(_ code: FourCC) throws {
        let camera = FakeCamera([.single(code)])
        camera.padding = 64
        camera.set(code, FakeCamera.size)
        camera.script = [.frame(camera.bars)]
        try camera.run(camera.source()) { source in
            try TestImage.expectBars(in: source.image(), grey: TestImage.isGrey(code), "\(code)")
        }
    }

    @Test(arguments: ["YUYV", "NV12", "YU12", "GREY", "RGB3"] as [FourCC])
    func widthsAndHeightsMayBeOdd(_ code: FourCC) throws {
        let size = PixelSize(code == "YUYV" ? 130 : 129, 97)
        let camera = FakeCamera([.single(code, size)])
        camera.padding = code == "YU12" || code == "NV12" ? 1 : 0
        camera.set(code, size)
        camera.script = [.frame(camera.bars)]
        try camera.run(camera.source()) { source in
            _ = try source.image()
            #expect(source.mode?.size == size)
            #expect(source.statistics.corrupt == 0)
        }
    }

    @Test func framesLieInTheDriversMemory() throws {
        let camera = FakeCamera("NV12", frames: 3)
        try camera.run(camera.source()) { source in
            for _ in 0..<3 {
                let frame = try #require(try source.nextFrame())
                let data = UnsafeRawPointer(try #require(frame.handle.pointee.data.0))
                #expect(camera.mappings.keys.contains { UnsafeRawPointer($0) == data })
            }
        }
    }

    @Test func aFrameIsTheCamerasAgainOnlyWhenTheNextOneIsAskedFor() throws {
        let camera = FakeCamera("YUYV", frames: 2)
        try camera.run(camera.source()) { source in
            _ = try source.nextFrame()
            #expect(camera.buffers.count { $0.isQueued } == 3)
            _ = try source.nextFrame()
            #expect(camera.buffers.count { $0.isQueued } == 3)
        }
    }

    @Test func aDriverWithASingleBufferGivesFramesToo() throws {
        let camera = FakeCamera("YUYV", frames: 5)
        camera.mostBuffers = 1
        try camera.run(camera.source()) { source in
            for _ in 0..<5 { try TestImage.expectBars(in: source.image()) }
        }
    }

    @Test func croppingDoesNotSpoilTheFrameAfterIt() throws {
        let camera = FakeCamera("YU12", frames: 3)
        try camera.run(camera.source()) { source in
            let scaler = Scaler(fit: .crop)
            for _ in 0..<3 {
                let frame = try #require(try source.nextFrame())
                #expect(frame.width == 128)
                let buffer = PixelBuffer(width: 32, height: 32)
                try scaler.scale(frame, into: buffer)
                // The middle 96 of 128 columns: the fourth bar begins at 32 - 16 of them.
                #expect(buffer.colour(row: 16, column: 13).1 > 200)
            }
        }
    }

    @Test func theDriversTimeIsTheFrames() throws {
        let camera = FakeCamera("YUYV", frames: 1)
        var other = camera.bars
        other.clock = V4L2_BUF_FLAG_TIMESTAMP_UNKNOWN
        camera.script.append(.frame(other))
        try camera.run(camera.source()) { source in
            #expect(try source.nextFrame()?.time == 100.25)
            let before = MonotonicClock.now
            let time = try #require(try source.nextFrame()?.time)
            #expect((before...MonotonicClock.now).contains(time), "a clock that may be set is not used")
        }
    }

    @Test func whatNobodyCanReadIsReadAsLibV4L2ConvertsIt() throws {
        var rgb = V4L2Format.single("RGB3")
        rgb.isEmulated = true
        var planar = V4L2Format.single("YU12")
        planar.isEmulated = true
        let camera = FakeCamera([.single("BA81"), rgb, planar])
        camera.set("YU12", FakeCamera.size)
        camera.script = [.frame(camera.bars)]
        try camera.run(camera.source()) { source in
            #expect(source.mode?.format == "YU12")
            try TestImage.expectBars(in: source.image())
        }
    }

    @Test func coloursOfHighDefinitionAreReadAsSuchIfTheDriverSaysSo() throws {
        // The same numbers mean other colours.
        let camera = FakeCamera("YUYV", frames: 1)
        camera.colorspace = V4L2_COLORSPACE_REC709
        try camera.run(camera.source()) { source in
            let green = try source.image().colour(row: 16, column: 14)
            #expect(green.0 > 10 || green.2 > 10 || green.1 < 245)
        }
    }
}
