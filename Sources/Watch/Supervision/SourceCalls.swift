import Basics
import Capture

/// The calls of one attempt to read a source, and whether anybody still waits for what they give.
///
/// A call of the system or of a driver may hang, whatever it was told: it looks up a host's name, or reads a file
/// of a server that is gone. It cannot be ended, but it can be given up. Nothing that it gives later is taken, and
/// the thread that it hangs on is left to itself.
final class SourceCalls: Sendable {
    /// What is being done.
    enum Step: String, Sendable {
        case open, read, close
    }

    /// A call that does not return.
    struct Hang: Equatable, Sendable, CustomStringConvertible {
        var step: Step
        /// Since the call was made.
        var seconds: Double

        var description: String {
            "the call to \(step.rawValue) it has hung for \(Int(seconds.rounded())) s (a name server, a file server "
                + "or a driver does not answer)"
        }
    }

    private enum State: Equatable {
        /// A call has been made, and has to return.
        case calling(Step, since: Double, due: Double)
        /// What a call gave is on its way.
        case handingOn
        case givenUp
    }

    /// Ends the call that is under way, if it can be ended.
    let interruption: CancellationToken
    private let state: Mutex<State>

    /// - Parameter time: by the monotonic clock, as all times here.
    init(_ interruption: CancellationToken, at time: Double) {
        self.interruption = interruption
        state = Mutex(.calling(.open, since: time, due: time))
    }

    /// A call is made that has to return within so many seconds.
    ///
    /// - Throws: ``SourceError/interrupted`` if nobody waits for it.
    func begin(_ step: Step, within seconds: Double, at time: Double) throws(SourceError) {
        guard set(.calling(step, since: time, due: time + seconds)) else { throw .interrupted }
    }

    /// Makes a call that has no limit of its own.
    ///
    /// - Throws: ``SourceError/interrupted`` if nobody waits for it, and what `body` throws.
    func make<Result>(_ step: Step, _ body: () throws -> Result) throws -> Result {
        try begin(step, within: .infinity, at: MonotonicClock.now)
        return try body()
    }

    /// Does something with what a call gave, unless nobody waits for it any more.
    ///
    /// - Throws: ``SourceError/interrupted`` if so, and what `body` throws.
    func handOn<Result>(_ body: () throws -> Result) throws -> Result {
        guard set(.handingOn) else { throw SourceError.interrupted }
        return try body()
    }

    /// Gives the call that is under way up.
    ///
    /// - Parameters:
    ///   - slack: seconds that it may take longer than it should; `nil` to give it up at once.
    /// - Returns: what hangs; `nil` if nothing is overdue, or what a call gave is on its way.
    func giveUp(slack: Double?, at time: Double) -> Hang? {
        state.withLock { state -> Hang? in
            guard case .calling(let step, let since, let due) = state, slack.map({ time > due + $0 }) ?? true
            else { return nil }
            state = .givenUp
            interruption.cancel()
            return Hang(step: step, seconds: time - since)
        }
    }

    var isGivenUp: Bool { state.withLock { $0 == .givenUp } }

    /// When the call that is under way has to return; `nil` if there is none.
    var due: Double? { state.withLock { if case .calling(_, _, let due) = $0 { due } else { nil } } }

    private func set(_ new: State) -> Bool {
        state.withLock { state in
            guard state != .givenUp else { return false }
            state = new
            return true
        }
    }
}
