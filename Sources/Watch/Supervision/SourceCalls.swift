import Basics
import Capture
import Dispatch

/// Calls of one attempt to read a source, with the deadline of the call in progress.
///
/// A call of the system or of a driver may hang whatever its time-out: while it resolves a host name, or reads a file of
/// a server that is gone. It cannot be ended, but it can be given up: its result is ignored, and its thread is left
/// alone.
final class SourceCalls: Sendable {
    /// Kind of call.
    enum Step: String, Sendable {
        case open, read, close
    }

    /// Call that does not return.
    struct Hang: Equatable, Sendable, CustomStringConvertible {
        var step: Step
        /// Seconds since the call was made.
        var seconds: Double

        var description: String {
            "the call to \(step.rawValue) it has hung for \(Int(seconds.rounded())) s (a name server, a file server "
                + "or a driver does not answer)"
        }
    }

    private enum State: Equatable {
        /// A call is in progress.
        case calling(Step, since: Double, due: Double)
        /// The result of a call is being handed on.
        case handingOn
        case givenUp
    }

    /// Cancels the call in progress, if it can be cancelled.
    let interruption: CancellationToken
    private let state: Mutex<State>

    /// - Parameter time: in seconds of the monotonic clock, as all times here.
    init(_ interruption: CancellationToken, at time: Double) {
        self.interruption = interruption
        state = Mutex(.calling(.open, since: time, due: time))
    }

    /// Begins a call that has to return within a number of seconds.
    ///
    /// - Throws: ``SourceError/interrupted`` if the attempt was given up.
    func begin(_ step: Step, within seconds: Double, at time: Double) throws(SourceError) {
        guard set(.calling(step, since: time, due: time + seconds)) else { throw .interrupted }
    }

    /// Makes a call without a deadline.
    ///
    /// - Throws: ``SourceError/interrupted`` if the attempt was given up; rethrows the errors of `body`.
    func make<Result>(_ step: Step, _ body: () throws -> Result) throws -> Result {
        try begin(step, within: .infinity, at: MonotonicClock.now)
        return try body()
    }

    /// Calls `body` with the result of a call, unless the attempt was given up.
    ///
    /// - Throws: ``SourceError/interrupted`` if the attempt was given up; rethrows the errors of `body`.
    func handOn<Result>(_ body: () throws -> Result) throws -> Result {
        guard set(.handingOn) else { throw SourceError.interrupted }
        return try body()
    }

    /// Gives up the call in progress.
    ///
    /// - Parameters:
    ///   - slack: seconds by which it may be overdue; `nil` to give it up at once.
    /// - Returns: the call; `nil` if it is not overdue, or its result is being handed on.
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

    /// Deadline of the call in progress; `nil` if there is none.
    var due: Double? { state.withLock { if case .calling(_, _, let due) = $0 { due } else { nil } } }

    private func set(_ new: State) -> Bool {
        state.withLock { state in
            guard state != .givenUp else { return false }
            state = new
            return true
        }
    }
}

/// Reads a source on a thread of its own, and waits for the result, but not for a call that hangs.
struct BlockingReader {
    private let interruption: CancellationToken
    private let calls = SourceCalls(CancellationToken(), at: MonotonicClock.now)

    /// Seconds that a cancelled call has to return.
    private static let stopGrace = 1.0
    /// Seconds after which a call hangs that does not check its cancellation token.
    private static let longestSilence = FileSource.usualTimeout
    /// Seconds between checks for cancellation.
    private static let slice = 0.05

    /// - Parameter interruption: cancels the reading, from any thread.
    init(_ interruption: CancellationToken) { self.interruption = interruption }

    /// Calls `body` on a thread of its own, and blocks until it returns or is given up.
    ///
    /// - Parameters:
    ///   - limit: seconds that it may take.
    ///   - body: makes its calls through its argument, whose token cancels them.
    /// - Returns: the result of `body`; ``SourceError/interrupted`` if it was cancelled, ``SourceError/lost(_:)`` if a
    ///   call hangs.
    func run<Value: Sendable>(
        limit: Double = .infinity, _ body: @escaping @Sendable (SourceCalls) throws -> Value
    ) -> Result<Value, any Error> {
        let result = Mutex<Result<Value, any Error>?>(nil)
        let over = DispatchSemaphore(value: 0)
        ThreadQueue(label: "reader").async { [calls] in
            let value = Result { try body(calls) }
            result.withLock { $0 = value }
            over.signal()
        }
        let end = MonotonicClock.now + limit
        var stopEnd: Double?
        while over.wait(timeout: .now() + Self.slice) == .timedOut {
            let now = MonotonicClock.now
            if interruption.wasCancelled, stopEnd == nil {
                calls.interruption.cancel()
                stopEnd = now + Self.stopGrace
            }
            let isHanging = now - calls.interruption.lastAsked > Self.longestSilence || now > end
            guard stopEnd.map({ now > $0 }) ?? isHanging else { continue }
            if let hang = calls.giveUp(slack: nil, at: now) {
                return .failure(stopEnd == nil ? SourceError.lost("\(hang)") : SourceError.interrupted)
            }
        }
        return result.withLock { $0 } ?? .failure(SourceError.interrupted)
    }
}
