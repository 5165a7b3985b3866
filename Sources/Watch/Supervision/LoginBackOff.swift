/// Back-off of the logins to one server as one user, shared by all sources that use them. Recorders lock out an address
/// after a few wrong passwords, and sixteen sources may be channels of one recorder.
///
/// Until the server has accepted the login, one source tries it and the others are held. After a refusal, no source tries
/// before the wait is over, and then one. After an accepted login, all follow.
///
/// A value without a clock; times are in seconds.
struct LoginBackOff: Equatable, Sendable {
    /// Permission to log in.
    enum Answer: Equatable {
        /// The source may log in.
        case proceed
        /// Another source is trying. The source asks again at that time, or when the login changes.
        case hold(until: Double)
        /// The login was refused, and is not tried before that time.
        case refused(until: Double, reason: String)
    }

    private struct Trial: Equatable {
        var source: String
        var end: Double
    }

    private struct Refusal: Equatable {
        var end: Double
        var reason: String
    }

    private var refusals = BackOff()
    /// Last refusal; `nil` after a login that was accepted.
    private var refusal: Refusal?
    /// Login in progress, which holds the others.
    private var trial: Trial?
    /// Whether sources may log in at the same time.
    private var isOpen = false

    /// Seconds for which a login in progress holds the others. A server that is away must not hold them for long.
    static let longestTrial = 5.0

    /// Asks whether a source may log in now.
    mutating func ask(_ source: String, at time: Double) -> Answer {
        if let refusal, time < refusal.end { return .refused(until: refusal.end, reason: refusal.reason) }
        if let trial, trial.source != source {
            if time < trial.end { return .hold(until: trial.end) }
            giveUpTrial()
        }
        if !isOpen { trial = Trial(source: source, end: time + Self.longestTrial) }
        return .proceed
    }

    /// Records an accepted login.
    mutating func accept() {
        self = LoginBackOff()
        isOpen = true
    }

    /// Records a refused login.
    ///
    /// - Returns: the time of the next login.
    mutating func refuse(_ source: String, _ reason: String, at time: Double) -> Double {
        // This login began before a reload. Another source tries the present password.
        if let trial, trial.source != source, time < trial.end { return trial.end }
        // Logins that were in progress at the same time count as one refusal.
        if let refusal, time < refusal.end { return refusal.end }
        let end = time + refusals.wait(.refused, chance: 0)
        (refusal, trial, isOpen) = (Refusal(end: end, reason: reason), nil, false)
        return end
    }

    /// Records a source that failed for another reason, or was stopped: the login is neither accepted nor refused.
    mutating func fail(_ source: String) { if trial?.source == source { giveUpTrial() } }

    /// Forgets refusals, as after a reload, which may change the password.
    mutating func reset() {
        (refusal, refusals, trial) = (nil, BackOff(), nil)
    }

    /// Releases the others. A login that was never refused opens for all: the server is away, not the password wrong.
    private mutating func giveUpTrial() {
        trial = nil
        if refusals.failuresInARow == 0 { isOpen = true }
    }
}
