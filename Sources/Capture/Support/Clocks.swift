import Glibc

/// The clock that every time-out runs on: nobody sets it, and it never goes back.
package enum MonotonicClock {
    /// Seconds since the machine was started, as drivers stamp their frames (`CLOCK_MONOTONIC`).
    package static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}

/// What people set and networks correct: for saying when something was, never for measuring how long it took.
package enum WallClock {
    /// Seconds since 1970.
    package static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
