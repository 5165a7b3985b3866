import Dispatch

/// Does something that may never return, such as opening a file on a file system that hangs, on a thread of its own.
///
/// - Parameter seconds: for which it is waited for. After that its thread is abandoned, and so is its result.
/// - Returns: nil if it has not returned by then.
package func withDeadline<Value: Sendable>(_ seconds: Double, _ body: @escaping @Sendable () -> Value) -> Value? {
    let value = Mutex<Value?>(nil)
    let done = DispatchGroup()
    DispatchQueue(label: "deadline").async(group: done) {
        let result = body()
        value.withLock { $0 = result }
    }
    _ = done.wait(timeout: .now() + seconds)
    return value.withLock { $0 }
}
