import Glibc

/// The two clocks of the sinks: one to say when something was, one to measure how long it took.
public struct EventClock: Sendable {
    /// What people set and networks correct.
    public var calendar: @Sendable () -> Timestamp
    /// Seconds since some moment, by a clock that nobody sets.
    public var steady: @Sendable () -> Double

    public init(calendar: @escaping @Sendable () -> Timestamp, steady: @escaping @Sendable () -> Double) {
        self.calendar = calendar
        self.steady = steady
    }

    /// The machine's.
    public static let system = EventClock(
        calendar: { Timestamp(seconds: seconds(CLOCK_REALTIME)) }, steady: { seconds(CLOCK_MONOTONIC) })

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
