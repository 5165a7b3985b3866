import struct Synchronization.Atomic

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
