import CFFmpeg
import Synchronization

/// Ends blocking calls of FFmpeg's libraries: at a deadline on the monotonic clock, or on demand.
///
/// The libraries ask ``isDue`` again and again while they wait.
public final class Interruption: Sendable {
    private let isCancelled = Atomic(false)
    /// Nanoseconds on the monotonic clock; the largest number for never.
    private let deadline = Atomic(UInt64.max)

    public init() {}

    /// Ends the call that is under way, and every later one. From any thread.
    public func cancel() { isCancelled.store(true, ordering: .relaxed) }

    /// Whether ``cancel()`` was called.
    public var wasCancelled: Bool { isCancelled.load(ordering: .relaxed) }

    /// Gives the calls that follow so much time together; `nil` for as long as they like.
    func allow(_ limit: Duration?) {
        guard let limit else { return deadline.store(.max, ordering: .relaxed) }
        let (seconds, attoseconds) = limit.components
        let nanoseconds = UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
        deadline.store(MonotonicClock.nanoseconds + nanoseconds, ordering: .relaxed)
    }

    /// Whether a call should end.
    var isDue: Bool {
        if wasCancelled { return true }
        let deadline = deadline.load(ordering: .relaxed)
        return deadline != .max && MonotonicClock.nanoseconds >= deadline
    }

    /// The form in which libavformat wants it.
    ///
    /// - Important: the libraries keep a pointer to `self`, so it has to outlive what it is given to.
    var callback: AVIOInterruptCB {
        AVIOInterruptCB(
            callback: { opaque in
                guard let opaque else { return 0 }
                return Unmanaged<Interruption>.fromOpaque(opaque).takeUnretainedValue().isDue ? 1 : 0
            },
            opaque: Unmanaged.passUnretained(self).toOpaque())
    }
}
