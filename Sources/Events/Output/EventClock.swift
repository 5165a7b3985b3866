import Basics

/// Clocks of the sinks: the wall clock for time stamps, the monotonic clock for durations. Tests inject their own.
package struct EventClock: Sendable {
    /// Wall-clock time.
    package var wallClock: @Sendable () -> Timestamp
    /// Monotonic time, in seconds.
    package var monotonic: @Sendable () -> Double

    package init(wallClock: @escaping @Sendable () -> Timestamp, monotonic: @escaping @Sendable () -> Double) {
        self.wallClock = wallClock
        self.monotonic = monotonic
    }

    /// Clocks of the machine.
    package static let system = EventClock(
        wallClock: { Timestamp(seconds: WallClock.now) }, monotonic: { MonotonicClock.now })
}
