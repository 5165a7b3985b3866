import Dispatch

/// A queue that does one thing after the other.
package protocol SerialQueue: AnyObject, Sendable {
    /// Ends the program if this is not called by work of the queue.
    func preconditionIsCurrent()
}

extension DispatchQueue: SerialQueue {
    package func preconditionIsCurrent() { dispatchPrecondition(condition: .onQueue(self)) }
}

extension ThreadQueue: SerialQueue {
    package func preconditionIsCurrent() { precondition(isCurrent, "this belongs to the queue \(label)") }
}

/// A value that one serial queue owns. Every access checks that it is made on that queue.
package final class Confined<Queue: SerialQueue, Value>: @unchecked Sendable {
    /// The queue that owns the value.
    package let queue: Queue
    private var value: Value

    /// - Parameter value: nothing else may hold on to what it refers to.
    package init(_ value: sending Value, on queue: Queue) {
        self.queue = queue
        self.value = value
    }

    /// Calls `body` with the value.
    ///
    /// - Precondition: it is called on ``queue``.
    package func access<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        queue.preconditionIsCurrent()
        return try body(&value)
    }
}

/// A value that a queue of Dispatch owns.
package typealias QueueConfined<Value> = Confined<DispatchQueue, Value>
/// A value that a queue with a thread of its own owns.
package typealias ThreadConfined<Value> = Confined<ThreadQueue, Value>
