import Glibc

/// Monotonic clock. Every timeout runs on it: nobody sets it, and it never goes back.
package enum MonotonicClock {
    /// Seconds since the machine was started (`CLOCK_MONOTONIC`), as drivers stamp their frames.
    package static var now: Double { read(CLOCK_MONOTONIC).seconds }

    /// The same in whole nanoseconds.
    package static var nanoseconds: Int {
        let time = read(CLOCK_MONOTONIC)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}

/// Wall clock (UTC), which people set and networks correct. It tells when something was, never how long it took.
package enum WallClock {
    /// Seconds since 1970 (`CLOCK_REALTIME`).
    package static var now: Double { read(CLOCK_REALTIME).seconds }

    /// When the machine was started, in seconds since 1970.
    package static var bootTime: Double {
        let (now, sinceBoot) = (read(CLOCK_REALTIME), read(CLOCK_BOOTTIME))
        return Double(now.tv_sec - sinceBoot.tv_sec) + Double(now.tv_nsec - sinceBoot.tv_nsec) * 1e-9
    }
}

/// Processor time.
package enum ProcessorClock {
    /// Seconds that all threads of the process have used so far.
    package static var process: Double { read(CLOCK_PROCESS_CPUTIME_ID).seconds }

    /// Seconds that the calling thread has used so far.
    package static var thread: Double { read(CLOCK_THREAD_CPUTIME_ID).seconds }
}

private func read(_ clock: clockid_t) -> timespec {
    var time = timespec()
    clock_gettime(clock, &time)
    return time
}

extension timespec {
    fileprivate var seconds: Double { Double(tv_sec) + Double(tv_nsec) * 1e-9 }
}
