import Basics
import Glibc

/// Source that plays a recording in real time, like a camera. It may loop; then time stamps continue to increase.
package final class PacedFileSource: Source {
    private let file: FileSource
    private let loops: Bool
    package let openLimit: Double
    private let interruption: CancellationToken
    /// Difference between the monotonic time at which a frame is due and its time stamp.
    private var delay: Double?
    /// Offset of time stamps after the file was restarted, so that they continue to increase.
    private var offset = 0.0
    /// Time stamp of the last frame.
    private var lastTime: Double?
    /// Seconds between the last two frames.
    private var interval = 0.04

    /// Timeout of reading one frame, in seconds.
    private static let readLimit = 20.0
    /// Interval at which a wait checks for cancellation, in seconds.
    private static let slice = 0.1
    /// Longer gaps between time stamps are skipped without waiting; seconds.
    private static let longestGap = 10.0

    /// - Parameters:
    ///   - path: path of the file.
    ///   - loops: whether to restart at the end.
    ///   - sampling: frames to be sampled; the decoder may skip others.
    ///   - decoderThreads: number of threads that the decoder may use.
    ///   - openLimit: timeout of opening, in seconds.
    ///   - timeout: timeout of a pipe or device without data, in seconds.
    ///   - interruption: cancels waiting and blocking calls.
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

    /// Time to read a frame plus the longest wait for it.
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

    /// Reads the next frame of the file, or the first one after the last one.
    private func read() throws -> Frame? {
        if let frame = try file.nextFrame() { return frame }
        guard loops else { return nil }
        file.close()
        try file.open()
        let frame = try file.nextFrame()
        if let frame, let lastTime { offset = lastTime + interval - frame.time }
        return frame
    }

    /// Calls `body` with a deadline.
    ///
    /// - Throws: ``SourceError/timedOut`` after `seconds`.
    private func within<Result>(_ seconds: Double, _ body: () throws -> Result) throws -> Result {
        do {
            return try interruption.withDeadline(seconds, body)
        } catch SourceError.interrupted where !interruption.wasCancelled {
            throw SourceError.timedOut
        }
    }

    /// Sleeps until a frame is due.
    private func wait(for time: Double) throws(SourceError) {
        let now = MonotonicClock.now
        // After a jump of time stamps or a suspended machine, time stamps are anchored to the clock anew.
        if let delay, abs(time + delay - now) < Self.longestGap {} else { delay = now - time }
        while let delay, case let rest = time + delay - MonotonicClock.now, rest > 0 {
            guard !interruption.wasCancelled else { throw .interrupted }
            usleep(UInt32(min(rest, Self.slice) * 1e6))
        }
    }
}
