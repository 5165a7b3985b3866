import Basics
import Capture

/// The logins of all sources, and those who wait for one. Used from any thread.
final class LoginGate: Sendable {
    private struct State {
        var logins: [StreamLogin: LoginBackOff] = [:]
        /// By source, what is called when there is something new about a login.
        var waiting: [StreamLogin: [String: @Sendable () -> Void]] = [:]
    }

    private let state = Mutex(State())

    /// Asks whether a source may log in now.
    ///
    /// - Parameter whenNew: is called once if it may not, when it may be different. It must not block.
    func ask(
        _ source: String, _ login: StreamLogin, at time: Double, whenNew: @escaping @Sendable () -> Void
    ) -> LoginBackOff.Answer {
        state.withLock { state in
            let answer = state.logins[login, default: LoginBackOff()].ask(source, at: time)
            state.waiting[login, default: [:]][source] = answer == .proceed ? nil : whenNew
            return answer
        }
    }

    /// The server has let a source in.
    func accept(_ login: StreamLogin) { change(login) { $0.accept() } }

    /// The server has refused the login of a source.
    ///
    /// - Parameter whenNew: as in ``ask(_:_:at:whenNew:)``.
    /// - Returns: when the next one may try.
    func refuse(
        _ source: String, _ login: StreamLogin, _ reason: String, at time: Double,
        whenNew: @escaping @Sendable () -> Void
    ) -> Double {
        let end = change(login) { $0.refuse(source, reason, at: time) }
        state.withLock { $0.waiting[login, default: [:]][source] = whenNew }
        return end
    }

    /// A source has failed for another reason, or has been stopped.
    func fail(_ source: String, _ login: StreamLogin) { change(login) { $0.fail(source) } }

    /// Forgets all refusals, as after a reload. Who waits is told nothing.
    func reset() {
        state.withLock { state in
            for login in state.logins.keys { state.logins[login]?.reset() }
        }
    }

    /// Changes what is known of a login, and tells those who wait if that is anything new.
    @discardableResult
    private func change<Result>(_ login: StreamLogin, _ body: (inout LoginBackOff) -> Result) -> Result {
        let (result, calls) = state.withLock { state in
            let old = state.logins[login, default: LoginBackOff()]
            var new = old
            let result = body(&new)
            state.logins[login] = new
            let calls = new == old ? [] : Array((state.waiting.removeValue(forKey: login) ?? [:]).values)
            return (result, calls)
        }
        for call in calls { call() }
        return result
    }
}
