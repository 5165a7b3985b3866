import Basics
import Capture
import Events

/// Frames of a recording at given times, as small images.
///
/// To be used by one thread at a time.
package final class RecordingFrames {
    private let source: FileSource
    /// Time stamp of the last frame that was read, in seconds; `nil` before the first.
    private var position: Double?
    private var isOpen = false
    private var last: FrameCopy?

    /// Farther frames are sought, nearer ones are read; in seconds.
    private static let reach = 3.0
    /// Tolerance for time stamps, in seconds.
    private static let slack = 0.001

    package init(path: String, interruption: CancellationToken) {
        source = FileSource(path: path, sampling: .all, decoderThreads: 1, interruption: interruption)
    }

    deinit { source.close() }

    /// Returns the first frame at a time or after it; the last frame for a later time.
    ///
    /// - Parameter time: by the time stamps of the recording, in seconds. Times that go up are fastest.
    /// - Throws: ``SourceError``, ``AVFailure``.
    package func frame(at time: Double) throws -> FrameCopy? {
        try go(to: time)
        if let last, last.frame.time >= time - Self.slack { return last }
        while let frame = try source.nextFrame() {
            position = frame.time
            guard frame.time >= time - Self.slack else { continue }
            last = try FrameCopy(frame)
            return last
        }
        return last
    }

    private func go(to time: Double) throws {
        if !isOpen { try reopen() }
        if let position, time >= position - Self.slack, time - position <= Self.reach { return }
        if let last, abs(last.frame.time - time) <= Self.slack { return }
        guard position != nil || time > Self.reach else { return }
        if !source.seek(to: time) {
            guard position.map({ $0 > time }) ?? false else { return }
            try reopen()
        }
        last = nil
        position = nil
    }

    private func reopen() throws {
        source.close()
        try source.open()
        isOpen = true
        position = nil
        last = nil
    }
}
