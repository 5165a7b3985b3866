import Basics
import CV4L2
import Glibc

/// Frames of a camera that the kernel knows.
///
/// Raw frames are given as they lie in the driver's memory: nothing is copied before they are scaled.
package final class V4L2Source: Source {
    /// What a camera is to be.
    package struct Settings: Equatable, Sendable {
        /// As `/dev/video0`, or a link to it in `/dev/v4l`.
        package var path: String
        /// What it is to give.
        package var request: V4L2Request
        /// Controls to be set, in this order; see ``CameraControls``.
        package var controls: [CameraControls.Setting]
        /// Seconds for which it may give no frame.
        package var timeout: Double

        package init(path: String, request: V4L2Request, controls: [CameraControls.Setting] = [], timeout: Double = 10)
        {
            self.path = path
            self.request = request
            self.controls = controls
            self.timeout = timeout
        }
    }

    /// What it is to be.
    package let settings: Settings
    /// What the camera was set to, once it is open. Its driver may have chosen something near what was wanted.
    package private(set) var mode: V4L2Mode?
    /// Since the source was made, whatever the number of times that it was opened.
    package private(set) var statistics = V4L2Statistics()

    /// Those that came damaged, and those that never came.
    package var corruptFrames: Int { statistics.corrupt + statistics.missed }

    /// As long as a frame may be waited for.
    package var timeLimit: Double { settings.timeout }
    package var traits: VideoFormat? {
        mode.map { VideoFormat(format: $0.format.description, size: $0.size, rate: $0.interval?.rate) }
    }

    private let interruption: CancellationToken
    private let functions: cv4l2_device_functions
    private let frame = Frame()
    private var opened: Opened?

    /// Seconds after which a wait looks whether it is to end.
    private static let slice = 0.1

    /// What there is while the source is open.
    private struct Opened {
        let device: V4L2Device
        let format: v4l2_pix_format
        let pictures: any V4L2Frames
        let stream: V4L2Stream
        var counter = SequenceCounter()
        /// The buffer in which the last frame lies.
        var held: V4L2Buffer?
    }

    /// - Parameter interruption: ends the wait for a frame.
    package convenience init(_ settings: Settings, interruption: CancellationToken) {
        self.init(settings, interruption: interruption, functions: cv4l2_system_functions())
    }

    /// - Parameter functions: what the camera is reached by.
    init(_ settings: Settings, interruption: CancellationToken, functions: cv4l2_device_functions) {
        self.settings = settings
        self.interruption = interruption
        self.functions = functions
    }

    deinit { close() }

    // MARK: - Opening

    package func open() throws {
        close()
        AVLog.silence()
        do {
            let device = try CameraAccess.open(settings.path, functions)
            let (mode, format) = try configure(device)
            let pictures = try Self.pictures(format, smallest: settings.request.input)
            device.subscribeToChanges()
            opened = Opened(device: device, format: format, pictures: pictures, stream: try V4L2Stream(device))
            self.mode = mode
        } catch let failure as V4L2Failure {
            throw SourceError.unreadable(failure.phrase)
        } catch let failure as AVFailure {
            throw SourceError.malformed("its decoder refuses it (\(failure.meaning))")
        }
    }

    /// Sets what is to be set, and asks what became of it.
    private func configure(_ device: V4L2Device) throws -> (V4L2Mode, v4l2_pix_format) {
        let wanted = settings.request.size ?? settings.request.input
        var mode = try V4L2Mode.choose(settings.request, from: device.offer(at: wanted))
        let format = try device.setFormat(mode.format, size: mode.size)
        guard format.pixelformat == mode.format.code else {
            let given = FourCC(code: format.pixelformat)
            throw SourceError.unreadable("it gives \(given) where \(mode.format) was asked for")
        }
        mode.size = PixelSize(width: Int(format.width), height: Int(format.height))
        if let interval = mode.interval {
            mode.interval = (try? device.setInterval(interval)) ?? nil  // some drivers list rates that cannot be set
        }
        try CameraControls(device).set(settings.controls)
        return (mode, format)
    }

    private static func pictures(_ format: v4l2_pix_format, smallest: PixelSize) throws -> any V4L2Frames {
        let code = FourCC(code: format.pixelformat)
        let size = PixelSize(width: Int(format.width), height: Int(format.height))
        switch V4L2Encoding(code) {
        case .raw(let pixels):
            guard let pictures = RawFrames(pixels, format) else {
                throw SourceError.unreadable("its driver says that frames are \(size), which they cannot be")
            }
            return pictures
        case .encoded(let codec): return try EncodedFrames(codec, size: size, smallest: smallest)
        case nil: throw SourceError.noDecoder(code.description)
        }
    }

    package func close() {
        frame.clear()  // before the memory that it may lie in
        opened = nil
    }

    // MARK: - Frames

    /// - Throws: ``SourceError/timedOut`` if no sound frame came in time, ``SourceError/lost(_:)`` if the
    ///   camera is gone or has changed, ``SourceError/interrupted``.
    package func nextFrame() throws -> Frame? {
        guard var opened else { preconditionFailure("the source is not open") }
        defer { self.opened = opened }
        do {
            frame.clear()
            if let held = opened.held {
                opened.held = nil
                try opened.stream.giveBack(held)
            }
            try advance(&opened)
            return frame
        } catch let failure as V4L2Failure {
            throw SourceError.lost(failure.phrase)
        }
    }

    /// Goes on to the next frame that is sound.
    private func advance(_ opened: inout Opened) throws {
        let deadline = MonotonicClock.now + settings.timeout
        while true {
            let buffer = try next(opened, before: deadline)
            count(buffer, &opened)
            let reading = buffer.isCorrupt ? .damaged : opened.pictures.read(buffer, into: frame)
            switch reading {
            case .picture:
                statistics.frames += 1
                frame.received = buffer.time
                if opened.pictures.liesInBuffer { opened.held = buffer } else { try opened.stream.giveBack(buffer) }
                return
            case .damaged:
                statistics.corrupt += 1
                if buffer.isCorrupt { opened.pictures.noteLoss() }
                try opened.stream.giveBack(buffer)
                try checkFormat(opened)
            case .nothing:
                try opened.stream.giveBack(buffer)
            }
        }
    }

    /// Waits for a buffer.
    private func next(_ opened: Opened, before deadline: Double) throws -> V4L2Buffer {
        while true {
            guard !interruption.wasCancelled else { throw SourceError.interrupted }
            let rest = deadline - MonotonicClock.now
            guard rest > 0 else { throw SourceError.timedOut }
            let readiness = try opened.device.wait(seconds: min(rest, Self.slice))
            if readiness.hasEvent, opened.device.takeEvent() {
                throw SourceError.lost("what is connected to it sends another size now")
            }
            guard readiness.hasBuffer else { continue }
            if let buffer = try opened.stream.take() { return buffer }
            // Otherwise the wait would end at once, again and again.
            guard !readiness.hasError else { throw SourceError.lost("its driver reports an error") }
        }
    }

    private func count(_ buffer: V4L2Buffer, _ opened: inout Opened) {
        let missing = opened.counter.missing(before: buffer.sequence)
        guard missing > 0 else { return }
        statistics.gaps += 1
        statistics.missed += missing
        opened.pictures.noteLoss()
    }

    /// Damaged frames may be sound ones of another format, which somebody else has set.
    private func checkFormat(_ opened: Opened) throws {
        let now = try opened.device.format()
        let before = opened.format
        let isSame =
            now.pixelformat == before.pixelformat && now.width == before.width
            && now.height == before.height && now.bytesperline == before.bytesperline
        guard !isSame else { return }
        throw SourceError.lost("its format has changed from \(Self.name(before)) to \(Self.name(now))")
    }

    private static func name(_ format: v4l2_pix_format) -> String {
        "\(FourCC(code: format.pixelformat)) \(format.width)x\(format.height)"
    }
}

/// What came from a camera.
package struct V4L2Statistics: Equatable, Sendable {
    /// Frames that were given.
    package var frames = 0
    /// Frames that were left out because they were damaged.
    package var corrupt = 0
    /// How often the camera's count of frames jumped.
    package var gaps = 0
    /// Frames that the camera took and that never came.
    package var missed = 0

    package init() {}
}

/// Finds the gaps in a camera's count of its frames.
struct SequenceCounter {
    private var next: UInt32?

    /// How many frames are missing before this one.
    ///
    /// The count wraps around at 2³². One that goes backwards, or stays, begins anew: some drivers do not count.
    mutating func missing(before sequence: UInt32) -> Int {
        defer { next = sequence &+ 1 }
        guard let next else { return 0 }
        let distance = sequence &- next
        return distance < 1 << 31 ? Int(distance) : 0
    }
}
