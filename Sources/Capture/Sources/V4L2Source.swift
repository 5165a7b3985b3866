import Basics
import CV4L2
import Glibc

/// Source of the frames of a V4L2 camera.
///
/// Raw frames refer to the driver's memory: they are not copied before they are scaled.
package final class V4L2Source: Source {
    /// Settings of a camera.
    package struct Settings: Equatable, Sendable {
        /// Path of the device: `/dev/video0`, or a link to it in `/dev/v4l`.
        package var path: String
        /// Requested format, size and rate.
        package var request: V4L2Request
        /// Controls to be set, in this order; see ``CameraControls``.
        package var controls: [CameraControls.Setting]
        /// Timeout of the next frame, in seconds.
        package var timeout: Double

        package init(path: String, request: V4L2Request, controls: [CameraControls.Setting] = [], timeout: Double = 10)
        {
            self.path = path
            self.request = request
            self.controls = controls
            self.timeout = timeout
        }
    }

    /// Settings of the camera.
    package let settings: Settings
    /// Mode of the open camera, as its driver has set it: near the requested one.
    package private(set) var mode: V4L2Mode?
    /// Statistics since the source was created. Reopening does not reset them.
    package private(set) var statistics = V4L2Statistics()

    /// Corrupt frames, and frames that the camera took but did not deliver.
    package var corruptFrames: Int { statistics.corrupt + statistics.missed }

    package var timeLimit: Double { settings.timeout }
    package var traits: VideoFormat? {
        mode.map { VideoFormat(format: $0.format.description, size: $0.size, rate: $0.interval?.rate) }
    }

    private let interruption: CancellationToken
    private let functions: cv4l2_device_functions
    private let frame = Frame()
    private var opened: Opened?

    /// Interval at which a wait checks for cancellation, in seconds.
    private static let slice = 0.1

    /// State of the open source.
    private struct Opened {
        let device: V4L2Device
        let format: v4l2_pix_format
        let frames: any V4L2Frames
        let stream: V4L2Stream
        var counter = SequenceCounter()
        /// Buffer that contains the last frame.
        var held: V4L2Buffer?
    }

    /// - Parameter interruption: cancels the wait for a frame.
    package convenience init(_ settings: Settings, interruption: CancellationToken) {
        self.init(settings, interruption: interruption, functions: cv4l2_system_functions())
    }

    /// - Parameter functions: system calls; tests replace them.
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
            let frames = try Self.frames(format, smallest: settings.request.input)
            device.subscribeToChanges()
            opened = Opened(device: device, format: format, frames: frames, stream: try V4L2Stream(device))
            self.mode = mode
        } catch let failure as V4L2Failure {
            throw SourceError.unreadable(failure.phrase)
        } catch let failure as AVFailure {
            throw SourceError.malformed("the decoder cannot be opened (\(failure.meaning))")
        }
    }

    /// Sets format, size, rate and controls.
    ///
    /// - Returns: the mode and the format that the driver has set.
    private func configure(_ device: V4L2Device) throws -> (V4L2Mode, v4l2_pix_format) {
        let wanted = settings.request.size ?? settings.request.input
        var mode = try V4L2Mode.choose(settings.request, from: device.offer(at: wanted))
        let format = try device.setFormat(mode.format, size: mode.size)
        guard format.pixelformat == mode.format.code else {
            let given = FourCC(code: format.pixelformat)
            throw SourceError.unreadable("its driver set the format \(given) and not \(mode.format)")
        }
        mode.size = PixelSize(width: Int(format.width), height: Int(format.height))
        if let interval = mode.interval {
            mode.interval = (try? device.setInterval(interval)) ?? nil  // some drivers list rates but cannot set them
        }
        try CameraControls(device).set(settings.controls)
        return (mode, format)
    }

    private static func frames(_ format: v4l2_pix_format, smallest: PixelSize) throws -> any V4L2Frames {
        let code = FourCC(code: format.pixelformat)
        let size = PixelSize(width: Int(format.width), height: Int(format.height))
        switch V4L2Encoding(code) {
        case .raw(let pixels):
            guard let frames = RawFrames(pixels, format) else {
                throw SourceError.unreadable("its driver reports an impossible frame size, \(size)")
            }
            return frames
        case .encoded(let codec): return try EncodedFrames(codec, size: size, smallest: smallest)
        case nil: throw SourceError.noDecoder(code.description)
        }
    }

    package func close() {
        frame.clear()  // before the memory that it may refer to
        opened = nil
    }

    // MARK: - Frames

    /// - Throws: ``SourceError/timedOut`` if no intact frame came before the timeout, ``SourceError/lost(_:)`` if the
    ///   camera was unplugged or its format changed, ``SourceError/interrupted``.
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

    /// Advances to the next intact frame.
    private func advance(_ opened: inout Opened) throws {
        let deadline = MonotonicClock.now + settings.timeout
        while true {
            let buffer = try next(opened, before: deadline)
            count(buffer, &opened)
            let result = buffer.isCorrupt ? .corrupt : opened.frames.read(buffer, into: frame)
            switch result {
            case .frame:
                statistics.frames += 1
                frame.received = buffer.time
                if opened.frames.refersToBuffer { opened.held = buffer } else { try opened.stream.giveBack(buffer) }
                return
            case .corrupt:
                statistics.corrupt += 1
                if buffer.isCorrupt { opened.frames.noteLoss() }
                try opened.stream.giveBack(buffer)
                try checkFormat(opened)
            case .wantsMore:
                try opened.stream.giveBack(buffer)
            }
        }
    }

    /// Waits for the next buffer.
    private func next(_ opened: Opened, before deadline: Double) throws -> V4L2Buffer {
        while true {
            guard !interruption.wasCancelled else { throw SourceError.interrupted }
            let rest = deadline - MonotonicClock.now
            guard rest > 0 else { throw SourceError.timedOut }
            let readiness = try opened.device.wait(seconds: min(rest, Self.slice))
            if readiness.hasEvent, opened.device.takeEvent() {
                throw SourceError.lost("the size of its signal has changed")
            }
            guard readiness.hasBuffer else { continue }
            if let buffer = try opened.stream.take() { return buffer }
            // Otherwise every wait would return at once.
            guard !readiness.hasError else { throw SourceError.lost("its driver reports an error") }
        }
    }

    private func count(_ buffer: V4L2Buffer, _ opened: inout Opened) {
        let missing = opened.counter.missing(before: buffer.sequence)
        guard missing > 0 else { return }
        statistics.gaps += 1
        statistics.missed += missing
        opened.frames.noteLoss()
    }

    /// Throws if another program has set another format, whose intact frames look corrupt.
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

/// Statistics of a camera.
package struct V4L2Statistics: Equatable, Sendable {
    /// Frames returned.
    package var frames = 0
    /// Corrupt frames, which were dropped.
    package var corrupt = 0
    /// Gaps in the camera's sequence numbers.
    package var gaps = 0
    /// Frames that the camera took but did not deliver.
    package var missed = 0

    package init() {}
}

/// Finds gaps in a camera's sequence numbers.
struct SequenceCounter {
    private var next: UInt32?

    /// Returns the number of frames missing before this one.
    ///
    /// Sequence numbers wrap around at 2³². One that goes back or stays restarts the count: some drivers do not count.
    mutating func missing(before sequence: UInt32) -> Int {
        defer { next = sequence &+ 1 }
        guard let next else { return 0 }
        let distance = sequence &- next
        return distance < 1 << 31 ? Int(distance) : 0
    }
}
