import Basics

/// What there is to say about a live source at a moment.
public struct SourceStatus: Sendable {
    /// Whether it gives pictures.
    public enum State: Equatable, Sendable {
        case connecting
        case live
        /// Why, and when it is tried next, by the monotonic clock; infinity as long as a call hangs.
        case away(reason: String, retry: Double)
        /// A recording that is over.
        case ended
    }

    /// Whether it gives pictures.
    public var state = State.connecting
    /// When the first of equal frames came, by the monotonic clock, if the source is frozen.
    public var frozenSince: Double?
    /// When it was tried first, by the monotonic clock.
    public var firstAttempt: Double?
    /// Frames that came, whether they were decoded or not.
    public var frames = 0
    /// Pictures that were to be looked at.
    public var samples = 0
    /// Pictures that gave way to newer ones before they were looked at.
    public var replaced = 0
    /// Pictures that were not looked at because nothing moved in them.
    public var still = 0
    /// Pictures that were the same as the one before.
    public var repeated = 0
    /// Pictures of one colour all over.
    public var blank = 0
    /// Pictures that were damaged in transmission.
    public var damaged = 0
    /// How often there was a connection.
    public var connections = 0
    /// How often there was none, or it broke off.
    public var failures = 0
    /// Why, the last time.
    public var lastFailure: String?
    /// Events that began.
    public var events = 0
    /// From the arrival of a picture to the decision.
    public var latency = LatencyWindow()
    /// How long the steps take, since the source is watched.
    public var timings = SourceTimings()

    public init() {}

    /// Whether it has been tried for so long without an answer, or an error, that this has to be said.
    ///
    /// - Parameter time: by the monotonic clock, in seconds.
    public func isUnanswered(at time: Double) -> Bool {
        guard state == .connecting, connections == 0, failures == 0, let firstAttempt else { return false }
        return time - firstAttempt >= Self.longestSilence
    }

    /// Seconds without an answer after which that is said.
    public static let longestSilence = 5.0
}

/// The status of a source, which many write to and anybody may read.
final class SourceStatusBoard: Sendable {
    private let guarded = Guarded(SourceStatus())

    var status: SourceStatus { guarded.withLock { $0 } }

    func update(_ change: (inout SourceStatus) -> Void) { guarded.withLock { change(&$0) } }
}
