import Basics
import Capture
import Dispatch

/// Runs something that reads a source on a thread of its own, and waits for it, but not for a call that hangs.
struct BlockingReader {
    private let interruption: CancellationToken
    private let calls = SourceCalls(CancellationToken(), at: MonotonicClock.now)

    /// Seconds for which a call is waited for that was told to end.
    private static let stopGrace = 1.0
    /// Seconds after which a call hangs that does not ask whether to go on.
    private static let longestSilence = FileSource.usualTimeout
    /// Seconds after which a wait looks whether it is to end.
    private static let slice = 0.05

    /// - Parameter interruption: ends the reading, from any thread.
    init(_ interruption: CancellationToken) { self.interruption = interruption }

    /// Calls `body` on a thread of its own. Its calls are noted in what it is given, which has the interruption that
    /// ends them.
    ///
    /// - Parameter limit: seconds that it may take, at most.
    /// - Returns: what came of it; ``SourceError/interrupted`` if it was ended, and ``SourceError/lost(_:)`` if a call
    ///   hangs.
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
