import Basics
import Watch

/// Whether the service gets on: its lanes, its supervisors, and the queue that looks after them.
final class ServiceHealth: Sendable {
    private struct State {
        var progress = Progress()
        var analysis: LiveAnalysis
        var lastLook: Double?
    }

    private let state: Guarded<State>

    /// Seconds for which nobody may have looked at the sources.
    private static let longestPause = 20.0

    init(_ analysis: LiveAnalysis) { state = Guarded(State(analysis: analysis)) }

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
    func noteLook(at time: Double) { state.withLock { $0.lastLook = time } }

    /// What does not get on.
    ///
    /// - Parameter time: by the monotonic clock, in seconds.
    func stalls(at time: Double) -> [Progress.Stall] {
        let vitals = state.withLock(\.analysis).vitals
        return state.withLock { state in
            var stalls = state.progress.judge(vitals, at: time)
            if let last = state.lastLook, time - last > Self.longestPause {
                stalls.append(Progress.Stall(name: "the service itself", seconds: time - last, depth: 1))
            }
            return stalls
        }
    }
}
