import Basics
import Glibc

/// Timeouts of tests, and waiting for a condition.
///
/// Only a failure takes as long as a timeout. Latencies depend on what else the machine does: only FaultTests and
/// Benchmarks, which run alone, measure them.
package enum TestTimeout {
    /// Timeout in seconds. Longer than anything takes on a busy machine with sanitizers.
    package static let seconds = 180.0

    /// Waits for a condition, which is checked every 10 ms.
    ///
    /// - Parameter seconds: timeout.
    /// - Returns: whether the condition holds.
    package static func wait(seconds: Double = TestTimeout.seconds, for condition: () throws -> Bool) rethrows -> Bool {
        let end = MonotonicClock.now + seconds
        while MonotonicClock.now < end {
            if try condition() { return true }
            usleep(10_000)  // the interval of checks
        }
        return try condition()
    }
}
