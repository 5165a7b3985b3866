import Basics
import CFFmpeg
import struct Synchronization.Atomic

/// Cancels blocking calls of FFmpeg's libraries, on request or at a deadline.
///
/// The libraries poll it while they wait.
package final class CancellationToken: Sendable {
    private let isCancelled = Atomic(false)
    /// Monotonic time in seconds, as a bit pattern, because there is no atomic floating-point type.
    private let deadline = Atomic(Double.infinity.bitPattern)
    /// Monotonic time until which calls that close a connection may continue; 0 while none is being closed.
    private let closingEnd = Atomic(0.0.bitPattern)
    private let lastAskedBits = Atomic(MonotonicClock.now.bitPattern)

    package init() {}

    /// Cancels the current call and every later one. May be called from any thread.
    package func cancel() { isCancelled.store(true, ordering: .relaxed) }

    /// Whether ``cancel()`` was called.
    package var wasCancelled: Bool { isCancelled.load(ordering: .relaxed) }

    /// Cancels the calls of `body` after `seconds`, or at the deadline of an enclosing call if that is earlier.
    /// May be used by one thread at a time.
    package func withDeadline<Result>(_ seconds: Double, _ body: () throws -> Result) rethrows -> Result {
        let outer = Double(bitPattern: deadline.load(ordering: .relaxed))
        deadline.store(min(outer, MonotonicClock.now + seconds).bitPattern, ordering: .relaxed)
        defer { deadline.store(outer.bitPattern, ordering: .relaxed) }
        return try body()
    }

    /// Lets the calls of `body` continue for up to `seconds` even after cancellation, so that it can close a session.
    /// A camera that is not told keeps the session for a minute.
    /// May be used by one thread at a time.
    package func withGrace<Result>(_ seconds: Double, _ body: () throws -> Result) rethrows -> Result {
        closingEnd.store((MonotonicClock.now + seconds).bitPattern, ordering: .relaxed)
        defer { closingEnd.store(0.0.bitPattern, ordering: .relaxed) }
        return try body()
    }

    /// Monotonic time of the last poll. A call that waits in FFmpeg's libraries polls several times a second; a system
    /// call that hangs does not.
    package var lastAsked: Double { Double(bitPattern: lastAskedBits.load(ordering: .relaxed)) }

    /// Whether calls have to return. Records the poll.
    var endsCalls: Bool {
        let now = MonotonicClock.now
        lastAskedBits.store(now.bitPattern, ordering: .relaxed)
        let closingEnd = Double(bitPattern: closingEnd.load(ordering: .relaxed))
        if closingEnd > 0 { return now > closingEnd }
        return wasCancelled || now > Double(bitPattern: deadline.load(ordering: .relaxed))
    }

    /// Interrupt callback for libavformat.
    ///
    /// - Important: the libraries keep a pointer to the token, which has to outlive every object that has the callback.
    var callback: AVIOInterruptCB {
        AVIOInterruptCB(
            callback: { opaque in
                guard let opaque else { return 0 }
                return Unmanaged<CancellationToken>.fromOpaque(opaque).takeUnretainedValue().endsCalls ? 1 : 0
            },
            opaque: Unmanaged.passUnretained(self).toOpaque())
    }
}
