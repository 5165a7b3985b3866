import Dispatch

/// Queue that runs its work items one after the other.
package protocol SerialQueue: AnyObject, Sendable {
    /// Traps if the caller does not run on the queue.
    func preconditionIsCurrent()
}

extension DispatchQueue: SerialQueue {
    package func preconditionIsCurrent() { dispatchPrecondition(condition: .onQueue(self)) }
}

extension ThreadQueue: SerialQueue {
    package func preconditionIsCurrent() { precondition(isCurrent, "must run on the queue \(label)") }
}

/// Value confined to a serial queue. Every access checks that it runs on that queue.
package final class Confined<Queue: SerialQueue, Value>: @unchecked Sendable {
    /// Queue to which the value is confined.
    package let queue: Queue
    private var value: Value

    /// - Parameter value: no other reference to its contents may remain.
    package init(_ value: sending Value, on queue: Queue) {
        self.queue = queue
        self.value = value
    }

    /// Calls `body` with the value.
    ///
    /// - Precondition: the caller runs on ``queue``.
    package func access<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        queue.preconditionIsCurrent()
        return try body(&value)
    }
}

/// Value confined to a serial dispatch queue.
package typealias QueueConfined<Value> = Confined<DispatchQueue, Value>
/// Value confined to a queue with a thread of its own.
package typealias ThreadConfined<Value> = Confined<ThreadQueue, Value>
