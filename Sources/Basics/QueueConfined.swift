import Dispatch

/// A queue that does one thing after the other.
public protocol SerialQueue: AnyObject, Sendable {
    /// Ends the program if this is not called by work of the queue.
    func preconditionIsCurrent()
}

extension DispatchQueue: SerialQueue {
    public func preconditionIsCurrent() { dispatchPrecondition(condition: .onQueue(self)) }
}

extension ThreadQueue: SerialQueue {
    public func preconditionIsCurrent() { precondition(isCurrent, "this belongs to the queue \(label)") }
}

/// A value that one serial queue owns. Every access checks that it is made on that queue.
public final class Confined<Queue: SerialQueue, Value>: @unchecked Sendable {
    /// The queue that owns the value.
    public let queue: Queue
    private var value: Value

    /// - Parameter value: nothing else may hold on to what it refers to.
    public init(_ value: sending Value, on queue: Queue) {
        self.queue = queue
        self.value = value
    }

    /// Calls `body` with the value.
    ///
    /// - Precondition: it is called on ``queue``.
    public func access<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        queue.preconditionIsCurrent()
        return try body(&value)
    }
}

/// A value that a queue of Dispatch owns.
public typealias QueueConfined<Value> = Confined<DispatchQueue, Value>
/// A value that a queue with a thread of its own owns.
public typealias ThreadConfined<Value> = Confined<ThreadQueue, Value>
