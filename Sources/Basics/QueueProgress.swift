import struct Synchronization.Atomic

/// Depth of a queue, and the time since it last finished an item: detects a stalled queue. A value without a clock.
package struct QueueProgress: Equatable, Sendable {
    /// Number of items that wait or are being processed.
    package private(set) var depth = 0
    /// Monotonic time at which an item was last finished, or the empty queue got one.
    private var mark = 0.0

    /// Seconds without a finished item after which a queue that is not empty counts as stalled.
    package static let limit = 20.0

    package init() {}

    /// Records that an item was added.
    ///
    /// - Parameters:
    ///   - depth: number of items that wait or are being processed now.
    ///   - time: monotonic time, in seconds.
    package mutating func wait(_ depth: Int, at time: Double) {
        if self.depth == 0 { mark = time }
        self.depth = depth
    }

    /// Records that an item was finished.
    ///
    /// - Parameters:
    ///   - depth: number of items that wait or are being processed now.
    ///   - time: monotonic time, in seconds.
    package mutating func finish(_ depth: Int, at time: Double) {
        self.depth = depth
        mark = time
    }

    /// Returns the seconds since the last finished item if the queue has stalled; otherwise `nil`.
    ///
    /// - Parameter time: monotonic time, in seconds.
    package func stall(at time: Double) -> Double? {
        guard depth > 0, time - mark >= Self.limit else { return nil }
        return time - mark
    }
}

/// Counters of the items that a queue was given and has finished. May be used from any thread.
package final class WorkCounter: Sendable {
    private let begunCount = Atomic(0)
    private let doneCount = Atomic(0)

    package init() {}

    /// Counts an item that the queue was given.
    package func begin() { begunCount.wrappingAdd(1, ordering: .relaxed) }

    /// Counts an item that the queue has finished.
    package func finish() { doneCount.wrappingAdd(1, ordering: .relaxed) }

    /// Number of items given so far.
    package var begun: Int { begunCount.load(ordering: .relaxed) }

    /// Number of items finished so far.
    package var done: Int { doneCount.load(ordering: .relaxed) }
}
