/// When sources may log in to one server as one user. Recorders lock out an address after a few wrong passwords, and
/// sixteen sources may be channels of one recorder: they share a schedule.
///
/// As long as it is not known whether the login is right, one source tries and the others are held. When it is refused,
/// nobody tries before the wait is over, and then one again. When it is accepted, all follow.
///
/// A value without a clock; times are in seconds.
struct LoginBackOff: Equatable, Sendable {
    /// What a source may do.
    enum Answer: Equatable {
        /// It may log in.
        case proceed
        /// Another one is trying. It is to ask again then, or when there is something new.
        case hold(until: Double)
        /// The login was refused, and is not tried before then.
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
    /// The last refusal, as long as it counts.
    private var refusal: Refusal?
    /// The login that is under way, and that others wait for.
    private var trial: Trial?
    /// Whether nobody has to wait for anybody.
    private var isOpen = false

    /// How long others are held by one that tries. A server that is away must not make all of them wait for long.
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

    /// The server has let a source in.
    mutating func accept() {
        self = LoginBackOff()
        isOpen = true
    }

    /// The server has refused the login of a source.
    ///
    /// - Returns: when the next one may try.
    mutating func refuse(_ source: String, _ reason: String, at time: Double) -> Double {
        // It began before a reload, and another one tries what holds since then.
        if let trial, trial.source != source, time < trial.end { return trial.end }
        // Logins that were under way at the same time are refused together.
        if let refusal, time < refusal.end { return refusal.end }
        let end = time + refusals.wait(.refused, chance: 0)
        (refusal, trial, isOpen) = (Refusal(end: end, reason: reason), nil, false)
        return end
    }

    /// A source has failed for another reason, or has been stopped: nothing is known of the login.
    mutating func fail(_ source: String) { if trial?.source == source { giveUpTrial() } }

    /// Forgets refusals, as after a reload: the password may be another.
    mutating func reset() {
        (refusal, refusals, trial) = (nil, BackOff(), nil)
    }

    /// What was never refused does not go on one by one when it is the server that is away.
    private mutating func giveUpTrial() {
        trial = nil
        if refusals.failuresInARow == 0 { isOpen = true }
    }
}
