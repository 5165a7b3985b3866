import Glibc

/// Value protected by a POSIX mutex.
///
/// It is used in place of the standard library's `Mutex`, which waits on a futex of its own. ThreadSanitizer does not
/// see that one and would report every access as a race.
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

    /// Calls `body` with exclusive access to the value. Keep `body` short, and do not lock the same mutex in it.
    package func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        check(pthread_mutex_lock(mutex))
        defer { check(pthread_mutex_unlock(mutex)) }
        return try body(&value)
    }

    /// The functions of a mutex fail only by a programming error.
    private func check(_ result: Int32) { precondition(result == 0, "mutex: \(String(cString: strerror(result)))") }
}
