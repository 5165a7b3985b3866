import Dispatch

/// A value that one serial queue owns. Every access checks that it is made on that queue.
public final class QueueConfined<Value>: @unchecked Sendable {
    /// The queue that owns the value.
    public let queue: DispatchQueue
    private var value: Value

    /// - Parameter value: nothing else may hold on to what it refers to.
    public init(_ value: sending Value, on queue: DispatchQueue) {
        self.queue = queue
        self.value = value
    }

    /// Calls `body` with the value.
    ///
    /// - Precondition: it is called on ``queue``.
    public func access<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        dispatchPrecondition(condition: .onQueue(queue))
        return try body(&value)
    }
}
