import Basics

/// What there is to say about a live source at a moment.
package struct SourceStatus: Sendable {
    /// Whether it gives frames.
    package enum State: Equatable, Sendable {
        case connecting
        case live
        /// Why, and when it is tried next, by the monotonic clock; infinity as long as a call hangs.
        case away(reason: String, retry: Double)
        /// A recording that is over.
        case ended
    }

    /// Whether it gives frames.
    package var state = State.connecting
    /// When the first of equal frames came, by the monotonic clock, if the source is frozen.
    package var frozenSince: Double?
    /// When it was tried first, by the monotonic clock.
    package var firstAttempt: Double?
    /// Frames that came, whether they were decoded or not.
    package var frames = 0
    /// Frames that were to be looked at.
    package var samples = 0
    /// Frames that gave way to newer ones before they were looked at.
    package var replaced = 0
    /// Frames that were not looked at because nothing moved in them.
    package var still = 0
    /// Frames that were the same as the one before.
    package var repeated = 0
    /// Frames of one colour all over.
    package var blank = 0
    /// Frames that were damaged in transmission.
    package var damaged = 0
    /// How often there was a connection.
    package var connections = 0
    /// How often there was none, or it broke off.
    package var failures = 0
    /// Why, the last time.
    package var lastFailure: String?
    /// Events that began.
    package var events = 0
    /// From the arrival of a frame to the decision.
    package var latency = LatencyWindow()
    /// How long the steps take, since the source is watched.
    package var timings = SourceTimings()

    package init() {}

    /// Whether it has been tried for so long without an answer, or an error, that this has to be said.
    ///
    /// - Parameter time: by the monotonic clock, in seconds.
    package func isUnanswered(at time: Double) -> Bool {
        guard state == .connecting, connections == 0, failures == 0, let firstAttempt else { return false }
        return time - firstAttempt >= Self.longestSilence
    }

    /// Seconds without an answer after which that is said.
    package static let longestSilence = 5.0
}

/// The status of a source, which many write to and anybody may read.
final class SourceStatistics: Sendable {
    private let guarded = Mutex(SourceStatus())

    var status: SourceStatus { guarded.withLock { $0 } }

    func update(_ change: (inout SourceStatus) -> Void) { guarded.withLock { change(&$0) } }
}
