import Basics
import CFFmpeg
import struct Synchronization.Atomic

/// Ends blocking calls of FFmpeg's libraries: when somebody says so, or when they take too long.
///
/// The libraries ask again and again while they wait.
package final class CancellationToken: Sendable {
    private let isCancelled = Atomic(false)
    /// By the monotonic clock, in seconds; as bits, because there is no atomic floating point number.
    private let deadline = Atomic(Double.infinity.bitPattern)
    /// Until when calls that close something may go on; 0 while nothing is closed.
    private let closingEnd = Atomic(0.0.bitPattern)
    private let lastAskedBits = Atomic(MonotonicClock.now.bitPattern)

    package init() {}

    /// Ends the call that is under way, and every later one. From any thread.
    package func cancel() { isCancelled.store(true, ordering: .relaxed) }

    /// Whether ``cancel()`` was called.
    package var wasCancelled: Bool { isCancelled.load(ordering: .relaxed) }

    /// Ends the calls of `body` when they take longer than `seconds`, or than is left where it is called.
    /// Used by one thread at a time.
    package func withDeadline<Result>(_ seconds: Double, _ body: () throws -> Result) rethrows -> Result {
        let outer = Double(bitPattern: deadline.load(ordering: .relaxed))
        deadline.store(min(outer, MonotonicClock.now + seconds).bitPattern, ordering: .relaxed)
        defer { deadline.store(outer.bitPattern, ordering: .relaxed) }
        return try body()
    }

    /// Lets the calls of `body` go on for up to `seconds`, though they were told to end: it closes something, and the
    /// other side is to be told. A camera that is not told keeps the session for a minute.
    /// Used by one thread at a time.
    package func withGrace<Result>(_ seconds: Double, _ body: () throws -> Result) rethrows -> Result {
        closingEnd.store((MonotonicClock.now + seconds).bitPattern, ordering: .relaxed)
        defer { closingEnd.store(0.0.bitPattern, ordering: .relaxed) }
        return try body()
    }

    /// When a call asked last whether to go on, by the monotonic clock. A call that waits in these libraries asks
    /// several times a second; one that hangs in the system does not ask.
    package var lastAsked: Double { Double(bitPattern: lastAskedBits.load(ordering: .relaxed)) }

    /// Whether calls have to end.
    var endsCalls: Bool {
        let now = MonotonicClock.now
        lastAskedBits.store(now.bitPattern, ordering: .relaxed)
        let closingEnd = Double(bitPattern: closingEnd.load(ordering: .relaxed))
        if closingEnd > 0 { return now > closingEnd }
        return wasCancelled || now > Double(bitPattern: deadline.load(ordering: .relaxed))
    }

    /// The form in which libavformat wants it.
    ///
    /// - Important: the libraries keep a pointer to `self`, so it has to outlive what it is given to.
    var callback: AVIOInterruptCB {
        AVIOInterruptCB(
            callback: { opaque in
                guard let opaque else { return 0 }
                return Unmanaged<CancellationToken>.fromOpaque(opaque).takeUnretainedValue().endsCalls ? 1 : 0
            },
            opaque: Unmanaged.passUnretained(self).toOpaque())
    }
}
