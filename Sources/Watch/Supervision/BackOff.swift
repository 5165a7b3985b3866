/// How long to wait before a source that cannot be reached is tried again: longer each time, up to a cap,
/// and never for as long as others that failed at the same moment.
package struct BackOff: Equatable, Sendable {
    /// All times are in seconds.
    package struct Policy: Equatable, Sendable {
        /// The first wait.
        package var first: Double
        /// Each wait is so many times as long as the one before it.
        package var factor: Double
        /// No wait is longer.
        package var longest: Double
        /// Which part of a wait is left to chance: it is shortened by up to so much of itself.
        package var jitter: Double

        package init(first: Double, factor: Double, longest: Double, jitter: Double) {
            self.first = first
            self.factor = factor
            self.longest = longest
            self.jitter = jitter
        }

        /// For a source that has never given a frame: it may be written wrongly.
        package static let firstConnect = Policy(first: 1, factor: 2, longest: 15, jitter: 0.25)
        /// For a source that gave frames before: it will come back, and somebody waits for it.
        package static let reconnect = Policy(first: 1, factor: 1.5, longest: 4, jitter: 0.25)
        /// For a source that refuses the login: cameras lock out an address that tries too often. Never shortened.
        package static let refused = Policy(first: 30, factor: 2, longest: 600, jitter: 0)
    }

    private var failures = 0

    /// A connection that held for as long as this, in seconds, makes up for the failures before it. One that
    /// breaks at once does not, or a source that closes every connection would be tried every second. It is
    /// short, because a camera that closes every few seconds must not be away for longer each time.
    private static let settled = 1.5

    package init() {}

    /// How often it has failed since it worked last.
    package var failuresInARow: Int { failures }

    /// It failed. How long to wait, in seconds.
    ///
    /// - Parameters:
    ///   - policy: of this kind of failure.
    ///   - chance: from 0 to 1, drawn anew for each call.
    package mutating func wait(_ policy: Policy, chance: Double) -> Double {
        var wait = policy.first
        for _ in 0..<min(failures, 64) where wait < policy.longest { wait *= policy.factor }
        failures += 1
        return min(wait, policy.longest) * (1 - policy.jitter * chance)
    }

    /// There was a connection that gave frames, for so many seconds from its beginning.
    package mutating func worked(for seconds: Double) {
        if seconds >= Self.settled { failures = 0 }
    }
}
