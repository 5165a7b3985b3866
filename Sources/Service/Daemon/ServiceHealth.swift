import Basics
import Watch

/// Whether the service gets on: its workers, its supervisors, and the queue that looks after them.
final class ServiceHealth: Sendable {
    private struct State {
        var progress = Progress()
        var analysis: LiveAnalysis
        var lastSample: Double?
    }

    private let state: Mutex<State>

    /// Seconds for which nobody may have looked at the sources.
    private static let longestPause = 20.0

    init(_ analysis: LiveAnalysis) { state = Mutex(State(analysis: analysis)) }

    /// From now on, it is another analysis.
    func watch(_ analysis: LiveAnalysis) {
        state.withLock { state in
            state.analysis = analysis
            state.progress = Progress()
        }
    }

    /// Somebody has looked at the sources.
    ///
    /// - Parameter time: by the monotonic clock, in seconds.
    func noteSample(at time: Double) { state.withLock { $0.lastSample = time } }

    /// What does not get on.
    ///
    /// - Parameter time: by the monotonic clock, in seconds.
    func stalls(at time: Double) -> [Progress.Stall] {
        let health = state.withLock(\.analysis).health
        return state.withLock { state in
            var stalls = state.progress.judge(health, at: time)
            if let last = state.lastSample, time - last > Self.longestPause {
                stalls.append(Progress.Stall(name: "the service itself", seconds: time - last, depth: 1))
            }
            return stalls
        }
    }
}
