import Capture

/// Retry schedule of a source: the wait after a failure, and its reason for events and status.
///
/// A source that refuses the login has a schedule of its own: cameras lock out an address after a few wrong
/// passwords, so a refused login is not repeated after a second.
///
/// A value without a clock; times are in seconds.
package struct RetrySchedule: Equatable, Sendable {
    private let firstConnect: BackOff.Policy
    private let reconnect: BackOff.Policy
    private var hasDelivered = false
    private var failures = BackOff()
    private var refusals = BackOff()
    /// Whether the last attempt was refused the login.
    package private(set) var isRefused = false

    /// - Parameters:
    ///   - firstConnect: policy before the first frame of the source.
    ///   - reconnect: policy afterwards.
    package init(firstConnect: BackOff.Policy, reconnect: BackOff.Policy) {
        self.firstConnect = firstConnect
        self.reconnect = reconnect
    }

    /// Takes note of the first frame of a connection: the login is right.
    package mutating func delivered() {
        hasDelivered = true
        isRefused = false
        refusals = BackOff()
    }

    /// Takes note of a connection that gave frames for a number of seconds.
    package mutating func worked(for seconds: Double) { failures.worked(for: seconds) }

    /// Forgets earlier failures, because the source was reloaded.
    package mutating func reset() {
        failures = BackOff()
        refusals = BackOff()
        isRefused = false
    }

    /// Takes note of a failed attempt.
    ///
    /// - Parameter chance: random number from 0 to 1, drawn for each call.
    /// - Returns: the wait until the next attempt, and the reason for events and status.
    package mutating func failed(_ error: any Error, chance: Double) -> (wait: Double, reason: String) {
        guard case SourceError.refused(_, let reason) = error else {
            isRefused = false
            return (failures.wait(hasDelivered ? reconnect : firstConnect, chance: chance), "\(error)")
        }
        let wait = refusals.wait(.refused, chance: chance)
        return (wait, refused(reason, wait: wait))
    }

    /// The login was refused, of this source or of another one that logs in as the same user.
    ///
    /// - Returns: the reason for events and status.
    package mutating func refused(_ reason: String, wait: Double) -> String {
        isRefused = true
        return "\(reason); next login in \(Self.text(wait)), or at once after a reload"
    }

    private static func text(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded(.up))
        return whole < 60 ? "\(whole) s" : "\(Int((seconds / 60).rounded())) min"
    }
}

/// Exponential back-off with jitter and a cap.
package struct BackOff: Equatable, Sendable {
    /// Parameters of the back-off. All times are in seconds.
    package struct Policy: Equatable, Sendable {
        /// First wait.
        package var first: Double
        /// Factor by which each wait is longer than the one before.
        package var factor: Double
        /// Longest wait.
        package var longest: Double
        /// Largest part of a wait by which it is shortened at random, from 0 to 1.
        package var jitter: Double

        package init(first: Double, factor: Double, longest: Double, jitter: Double) {
            self.first = first
            self.factor = factor
            self.longest = longest
            self.jitter = jitter
        }

        /// Policy for a source that has never given a frame: its address may be wrong.
        package static let firstConnect = Policy(first: 1, factor: 2, longest: 15, jitter: 0.25)
        /// Policy for a source that gave frames before: it will come back, and is waited for.
        package static let reconnect = Policy(first: 1, factor: 1.5, longest: 4, jitter: 0.25)
        /// Policy for a source that refuses the login: cameras lock out an address that tries too often. Without
        /// jitter.
        package static let refused = Policy(first: 30, factor: 2, longest: 600, jitter: 0)
    }

    private var failures = 0

    /// Seconds after which a connection clears the failures before it. A connection that breaks at once does not, or a
    /// source that closes every connection would be tried every second. It is short, because a camera that closes
    /// every few seconds must not be away longer each time.
    private static let settled = 1.5

    package init() {}

    /// Number of failures since the last settled connection.
    package var failuresInARow: Int { failures }

    /// Takes note of a failure.
    ///
    /// - Parameters:
    ///   - policy: for this kind of failure.
    ///   - chance: random number from 0 to 1, drawn for each call.
    /// - Returns: the wait in seconds.
    package mutating func wait(_ policy: Policy, chance: Double) -> Double {
        var wait = policy.first
        for _ in 0..<min(failures, 64) where wait < policy.longest { wait *= policy.factor }
        failures += 1
        return min(wait, policy.longest) * (1 - policy.jitter * chance)
    }

    /// Takes note of a connection that gave frames for a number of seconds.
    package mutating func worked(for seconds: Double) {
        if seconds >= Self.settled { failures = 0 }
    }
}

/// Time-out of an attempt to connect, adapted to the time that the source took before.
///
/// An attempt hangs if its peer vanished without a word, and does not notice when the peer comes back. So a source that
/// answered quickly before gets less time than an unknown one. As it may have become slower, one attempt in a few has
/// no adapted limit.
///
/// A value without a clock.
package struct AdaptiveTimeout: Equatable, Sendable {
    /// Seconds that the last answer took, if there was one.
    private var usual: Double?
    private var attempts = 0

    /// Limit as a multiple of the usual time.
    private static let factor = 3.0
    /// Shortest limit, in seconds.
    private static let least = 3.0
    /// Every fourth attempt has no adapted limit.
    private static let unlimitedAttempt = 4

    package init() {}

    /// Begins an attempt.
    ///
    /// - Returns: its limit in seconds; infinity if only the source's own time-out counts.
    package mutating func attempt() -> Double {
        attempts += 1
        guard let usual, attempts % Self.unlimitedAttempt != 0 else { return .infinity }
        return max(Self.least, Self.factor * usual)
    }

    /// Takes note of an answer after a number of seconds.
    package mutating func answered(after seconds: Double) {
        usual = seconds
        attempts = 0
    }
}
