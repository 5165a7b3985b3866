import Capture

/// When a source that failed is tried again, and how the wait is explained.
///
/// A source that refuses the login has a schedule of its own: cameras lock out an address after a few wrong
/// passwords, so a login that was refused is not repeated after a second.
///
/// A value without a clock; times are in seconds.
package struct RetrySchedule: Equatable, Sendable {
    private let firstConnect: BackOff.Policy
    private let reconnect: BackOff.Policy
    private var hasDelivered = false
    private var failures = BackOff()
    private var refusals = BackOff()
    /// Whether the source refused the login when it was tried last.
    package private(set) var isRefused = false

    /// - Parameters:
    ///   - firstConnect: how a source is tried again that has given no frame yet.
    ///   - reconnect: how it is tried again afterwards.
    package init(firstConnect: BackOff.Policy, reconnect: BackOff.Policy) {
        self.firstConnect = firstConnect
        self.reconnect = reconnect
    }

    /// The source gave the first frame of a connection: the login is right.
    package mutating func delivered() {
        hasDelivered = true
        isRefused = false
        refusals = BackOff()
    }

    /// A connection gave frames for so many seconds.
    package mutating func worked(for seconds: Double) { failures.worked(for: seconds) }

    /// The source was told to begin anew: earlier failures no longer count.
    package mutating func reset() {
        failures = BackOff()
        refusals = BackOff()
        isRefused = false
    }

    /// An attempt failed.
    ///
    /// - Parameter chance: from 0 to 1, drawn anew for each call.
    /// - Returns: how long to wait, and the reason for events and status.
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
