import Glibc

/// The two clocks of the sinks: one to say when something was, one to measure how long it took.
package struct EventClock: Sendable {
    /// What people set and networks correct.
    package var wallClock: @Sendable () -> Timestamp
    /// Seconds since some moment, by a clock that nobody sets.
    package var monotonic: @Sendable () -> Double

    package init(wallClock: @escaping @Sendable () -> Timestamp, monotonic: @escaping @Sendable () -> Double) {
        self.wallClock = wallClock
        self.monotonic = monotonic
    }

    /// The machine's.
    package static let system = EventClock(
        wallClock: { Timestamp(seconds: seconds(CLOCK_REALTIME)) }, monotonic: { seconds(CLOCK_MONOTONIC) })

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
