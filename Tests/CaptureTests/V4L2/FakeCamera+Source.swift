import Testing

@testable import Capture

extension PixelSize {
    init(_ width: Int, _ height: Int) { self.init(width: width, height: height) }
}

extension V4L2Format {
    /// A format with one size and 30 frames a second.
    static func single(_ code: FourCC, _ size: PixelSize = FakeCamera.size) -> V4L2Format {
        V4L2Format(code: code, name: "\(code)", sizes: [V4L2Sizes(size, rates: .listed([FrameInterval(1, 30)]))])
    }
}

extension FakeCamera {
    static let size = PixelSize(128, 96)

    /// A camera with one format, and so many frames of the bars.
    convenience init(_ code: FourCC, frames count: Int = 0) {
        self.init([.single(code)])
        script = (0..<count).map { _ in .frame(bars) }
    }

    /// The bars, in the format that it is set to.
    var bars: FakeFrame { bars(sequence: nil) }

    func bars(sequence: UInt32?) -> FakeFrame {
        let size = PixelSize(Int(pix.width), Int(pix.height))
        let bytes = TestImage.bars.bytes(FourCC(code: pix.pixelformat), size, padding: padding)
        return FakeFrame(bytes: bytes, sequence: sequence)
    }

    func source(
        request: V4L2Request = V4L2Request(input: PixelSize(32, 32), samplingRate: 5),
        controls: [CameraControls.Setting] = [], timeout: Double = 1,
        interruption: CancellationToken = CancellationToken()
    ) -> V4L2Source {
        let settings = V4L2Source.Settings(path: "/dev/video0", request: request, controls: controls, timeout: timeout)
        return V4L2Source(settings, interruption: interruption, functions: functions)
    }

    /// Opens it, calls `body`, closes it; and nothing is left over, whatever happened.
    func run(
        _ source: V4L2Source, location: SourceLocation = #_sourceLocation, _ body: (V4L2Source) throws -> Void
    ) throws {
        defer {
            source.close()
            #expect(leftovers == [], sourceLocation: location)
        }
        try source.open()
        try body(source)
    }

    /// Opens it and reads on until it fails.
    ///
    /// - Returns: how many frames there were, and why there were no more.
    func readOn(_ source: V4L2Source, location: SourceLocation = #_sourceLocation) throws -> (
        frames: Int, error: SourceError?
    ) {
        var frames = 0
        let error = #expect(throws: SourceError.self, sourceLocation: location) {
            try self.run(source, location: location) { source in
                while try source.nextFrame() != nil { frames += 1 }
            }
        }
        return (frames, error)
    }
}

extension V4L2Source {
    /// The next frame, scaled.
    func image(size: Int = 32) throws -> PixelBuffer {
        let frame = try #require(try nextFrame())
        let buffer = PixelBuffer(width: size, height: size)
        try Scaler(fit: .squash).scale(frame, into: buffer)
        return buffer
    }
}
