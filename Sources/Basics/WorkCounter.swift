import Synchronization

/// Counts what a queue was given and what it has done. Any thread may count, and any may look.
public final class WorkCounter: Sendable {
    private let begunCount = Atomic(0)
    private let doneCount = Atomic(0)

    public init() {}

    /// It was given something to do.
    public func begin() { begunCount.wrappingAdd(1, ordering: .relaxed) }

    /// It has done it.
    public func finish() { doneCount.wrappingAdd(1, ordering: .relaxed) }

    /// How much it was given so far.
    public var begun: Int { begunCount.load(ordering: .relaxed) }

    /// How much of it is done.
    public var done: Int { doneCount.load(ordering: .relaxed) }
}
