import Basics
import Capture

/// Back-off of all logins, and the sources that wait for one. Thread-safe.
final class LoginGate: Sendable {
    private struct State {
        var logins: [StreamLogin: LoginBackOff] = [:]
        /// Callbacks of waiting sources, by login and source.
        var waiting: [StreamLogin: [String: @Sendable () -> Void]] = [:]
    }

    private let state = Mutex(State())

    /// Asks whether a source may log in now.
    ///
    /// - Parameter whenNew: called once if the answer is not `proceed`, when the answer may have changed. Must not block.
    func ask(
        _ source: String, _ login: StreamLogin, at time: Double, whenNew: @escaping @Sendable () -> Void
    ) -> LoginBackOff.Answer {
        state.withLock { state in
            let answer = state.logins[login, default: LoginBackOff()].ask(source, at: time)
            state.waiting[login, default: [:]][source] = answer == .proceed ? nil : whenNew
            return answer
        }
    }

    /// Records an accepted login.
    func accept(_ login: StreamLogin) { change(login) { $0.accept() } }

    /// Records a refused login.
    ///
    /// - Parameter whenNew: as in ``ask(_:_:at:whenNew:)``.
    /// - Returns: the time of the next login.
    func refuse(
        _ source: String, _ login: StreamLogin, _ reason: String, at time: Double,
        whenNew: @escaping @Sendable () -> Void
    ) -> Double {
        let end = change(login) { $0.refuse(source, reason, at: time) }
        state.withLock { $0.waiting[login, default: [:]][source] = whenNew }
        return end
    }

    /// Records a source that failed for another reason, or was stopped.
    func fail(_ source: String, _ login: StreamLogin) { change(login) { $0.fail(source) } }

    /// Forgets all refusals, as after a reload. Calls no callback.
    func reset() {
        state.withLock { state in
            for login in state.logins.keys { state.logins[login]?.reset() }
        }
    }

    /// Changes the back-off of a login, and calls the callbacks of its waiting sources if it is different then.
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
