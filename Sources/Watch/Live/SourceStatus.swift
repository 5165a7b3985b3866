import Basics

/// Status and counters of a live source at one moment.
package struct SourceStatus: Sendable {
    /// Connection state.
    package enum State: Equatable, Sendable {
        case connecting
        case live
        /// The reason, and the time of the next attempt by the monotonic clock; infinity while a call hangs.
        case away(reason: String, retry: Double)
        /// A recording that has ended.
        case ended
    }

    /// Connection state.
    package var state = State.connecting
    /// Arrival of the first of identical frames, by the monotonic clock, if the source is frozen.
    package var frozenSince: Double?
    /// Time of the first attempt, by the monotonic clock.
    package var firstAttempt: Double?
    /// Frames received, decoded or not.
    package var frames = 0
    /// Frames sampled.
    package var samples = 0
    /// Samples that newer ones replaced before they were classified.
    package var replaced = 0
    /// Frames not sampled because there was no motion.
    package var still = 0
    /// Samples not classified because they equalled the one before.
    package var repeated = 0
    /// Samples not classified because they were of one colour all over.
    package var blank = 0
    /// Frames corrupted in transmission.
    package var corrupt = 0
    /// Connections that gave a frame.
    package var connections = 0
    /// Attempts and connections that failed.
    package var failures = 0
    /// Reason of the last failure.
    package var lastFailure: String?
    /// Events started.
    package var events = 0
    /// Latencies from the arrival of a frame to its detection.
    package var latency = LatencyWindow()
    /// Durations of the pipeline's stages since the source was added.
    package var timings = SourceTimings()

    package init() {}

    /// Whether the first attempt has taken so long without a frame or an error that this is to be reported.
    ///
    /// - Parameter time: in seconds, by the monotonic clock.
    package func isUnanswered(at time: Double) -> Bool {
        guard state == .connecting, connections == 0, failures == 0, let firstAttempt else { return false }
        return time - firstAttempt >= Self.longestSilence
    }

    /// Seconds without an answer after which that is reported.
    package static let longestSilence = 5.0
}

/// Durations of the stages between a source and its events.
package struct SourceTimings: Equatable, Sendable {
    /// Decoding of a frame; empty for a camera's raw frames.
    package var decode = DurationHistogram()
    /// Scaling of a region to the network's input.
    package var scale = DurationHistogram()
    /// Inference.
    package var infer = DurationHistogram()
    /// From the arrival of a frame to its detection.
    package var detection = DurationHistogram()

    package init() {}
}

/// Sliding window of latencies for percentiles.
package struct LatencyWindow: Equatable, Sendable {
    private var seconds: [Double] = []
    private var next = 0
    private let capacity: Int

    package init(capacity: Int = 1000) { self.capacity = capacity }

    /// Adds a latency in seconds. It replaces the oldest when the window is full.
    package mutating func add(_ value: Double) {
        if seconds.count < capacity {
            seconds.append(value)
        } else {
            seconds[next] = value
            next = (next + 1) % capacity
        }
    }

    /// Returns a percentile by nearest rank, in seconds; `nil` if the window is empty.
    ///
    /// - Parameter part: from 0 to 1, as 0.99 for the 99th percentile.
    package func percentile(_ part: Double) -> Double? {
        guard !seconds.isEmpty else { return nil }
        let rank = Int((part * Double(seconds.count)).rounded(.up))
        return seconds.sorted()[min(max(rank, 1), seconds.count) - 1]
    }
}

/// Status of a source that several threads update. Any thread may read it.
final class SourceStatistics: Sendable {
    private let guarded = Mutex(SourceStatus())

    var status: SourceStatus { guarded.withLock { $0 } }

    func update(_ change: (inout SourceStatus) -> Void) { guarded.withLock { change(&$0) } }
}
