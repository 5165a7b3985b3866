import Basics
import Glibc

/// A recording that is played as if it were a camera: each frame comes when its time has come, and after
/// the last one the first comes again, if that is wanted. The time stamps go on.
package final class PacedFileSource: Source {
    private let file: FileSource
    private let loops: Bool
    /// Seconds in which it has to be open.
    package let openLimit: Double
    private let interruption: CancellationToken
    /// What has to be added to a time stamp for the monotonic clock to show when the frame is due.
    private var delay: Double?
    /// What has to be added to a time stamp of the file for time to go on when it begins again.
    private var offset = 0.0
    /// The time stamp of the last frame that was given, and how long before it the one before was.
    private var lastTime: Double?
    private var interval = 0.04

    /// Seconds in which a frame has to be read.
    private static let readLimit = 20.0
    /// How long the wait is before it is asked again whether to go on, in seconds.
    private static let timeout = 0.1
    /// Time stamps that are further apart than this are not waited for, in seconds.
    private static let longestGap = 10.0

    /// - Parameters:
    ///   - loops: whether it begins again at its end.
    ///   - openLimit: seconds in which it has to be open.
    ///   - patience: seconds for which nothing may come, if it is a pipe or a device.
    ///   - interruption: ends waiting.
    package init(
        path: String, loops: Bool, sampling: Sampling, decoderThreads: Int, openLimit: Double = 10, timeout: Double = 5,
        interruption: CancellationToken
    ) {
        file = FileSource(
            path: path, sampling: sampling, decoderThreads: decoderThreads, playsCamera: true, timeout: timeout,
            interruption: interruption)
        self.loops = loops
        self.openLimit = openLimit
        self.interruption = interruption
    }

    /// A frame that has to be read, and waited for.
    package var timeLimit: Double { Self.readLimit + Self.longestGap }

    package func open() throws {
        try within(openLimit) { try file.open() }
        delay = nil
        lastTime = nil
        offset = 0
    }

    package var traits: VideoFormat? { file.traits }
    package var receivedFrames: Int? { file.receivedFrames }

    package func close() { file.close() }

    package func nextFrame() throws -> Frame? {
        guard let frame = try within(Self.readLimit, { try read() }) else { return nil }
        frame.time += offset
        if let lastTime, frame.time > lastTime { interval = min(frame.time - lastTime, Self.longestGap) }
        lastTime = frame.time
        try wait(for: frame.time)
        frame.received = MonotonicClock.now
        return frame
    }

    /// The next frame of the file, or its first behind its last.
    private func read() throws -> Frame? {
        if let frame = try file.nextFrame() { return frame }
        guard loops else { return nil }
        file.close()
        try file.open()
        let frame = try file.nextFrame()
        if let frame, let lastTime { offset = lastTime + interval - frame.time }
        return frame
    }

    /// - Throws: ``SourceError/timedOut`` if `body` takes longer than `seconds`.
    private func within<Result>(_ seconds: Double, _ body: () throws -> Result) throws -> Result {
        do {
            return try interruption.withDeadline(seconds, body)
        } catch SourceError.interrupted where !interruption.wasCancelled {
            throw SourceError.timedOut
        }
    }

    private func wait(for time: Double) throws(SourceError) {
        let now = MonotonicClock.now
        // After a jump, or when the machine slept, the clock begins anew.
        if let delay, abs(time + delay - now) < Self.longestGap {} else { delay = now - time }
        while let delay, case let rest = time + delay - MonotonicClock.now, rest > 0 {
            guard !interruption.wasCancelled else { throw .interrupted }
            usleep(UInt32(min(rest, Self.timeout) * 1e6))
        }
    }
}
