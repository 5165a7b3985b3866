import Glibc

/// A value that one thread at a time may touch, whoever is first.
///
/// The standard library's `Mutex` does the same; but it waits on a futex of its own, which
/// ThreadSanitizer does not see, and then every access looks like a race. A POSIX mutex it knows.
package final class Mutex<Value: Sendable>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private var value: Value

    package init(_ value: Value) {
        self.value = value
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        check(pthread_mutex_init(mutex, nil))
    }

    deinit {
        check(pthread_mutex_destroy(mutex))
        mutex.deallocate()
    }

    /// Calls `body` with the value, while nobody else has it. `body` should be quick.
    package func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        check(pthread_mutex_lock(mutex))
        defer { check(pthread_mutex_unlock(mutex)) }
        return try body(&value)
    }

    /// A mutex fails only if it is used wrongly.
    private func check(_ result: Int32) { precondition(result == 0, "mutex: \(String(cString: strerror(result)))") }
}
