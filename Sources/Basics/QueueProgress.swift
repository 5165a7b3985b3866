import struct Synchronization.Atomic

/// Whether a queue gets on: how much waits, and since when nothing has been finished. A value without a clock.
package struct QueueProgress: Equatable, Sendable {
    /// How much waits or is under way.
    package private(set) var depth = 0
    /// When something was finished last, or the queue began to have something to do; by the monotonic clock.
    private var mark = 0.0

    /// Seconds for which nothing may be finished while something waits.
    package static let limit = 20.0

    package init() {}

    /// There is more to do.
    ///
    /// - Parameters:
    ///   - depth: how much waits or is under way now.
    ///   - time: by the monotonic clock, in seconds.
    package mutating func wait(_ depth: Int, at time: Double) {
        if self.depth == 0 { mark = time }
        self.depth = depth
    }

    /// Something was finished.
    ///
    /// - Parameters:
    ///   - depth: how much waits or is under way now.
    ///   - time: by the monotonic clock, in seconds.
    package mutating func finish(_ depth: Int, at time: Double) {
        self.depth = depth
        mark = time
    }

    /// Seconds for which nothing has been finished although something waits; nil if that is not yet too long.
    ///
    /// - Parameter time: by the monotonic clock, in seconds.
    package func stall(at time: Double) -> Double? {
        guard depth > 0, time - mark >= Self.limit else { return nil }
        return time - mark
    }
}

/// Counts what a queue was given and what it has done. Any thread may count, and any may look.
package final class WorkCounter: Sendable {
    private let begunCount = Atomic(0)
    private let doneCount = Atomic(0)

    package init() {}

    /// It was given something to do.
    package func begin() { begunCount.wrappingAdd(1, ordering: .relaxed) }

    /// It has done it.
    package func finish() { doneCount.wrappingAdd(1, ordering: .relaxed) }

    /// How much it was given so far.
    package var begun: Int { begunCount.load(ordering: .relaxed) }

    /// How much of it is done.
    package var done: Int { doneCount.load(ordering: .relaxed) }
}
