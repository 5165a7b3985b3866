import Dispatch
import Watch

/// Draws the progress of a recording a few times a second, if somebody is looking.
final class ProgressDisplay {
    private let started = ContinuousClock.now
    /// `nil` if nobody is looking.
    private let timer: (any DispatchSourceTimer)?

    init(file: String, progress: RecordingProgress) {
        guard Terminal.isInteractive else {
            timer = nil
            return
        }
        let started = started
        let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "progress"))
        timer.setEventHandler {
            Terminal.show([Self.line(file, progress.state, elapsed: Self.seconds(since: started))])
        }
        timer.schedule(deadline: .now() + .milliseconds(100), repeating: .milliseconds(200))
        timer.activate()
        self.timer = timer
    }

    /// - Returns: seconds since the display began.
    func stop() -> Double {
        timer?.cancel()
        Terminal.clearStatus()
        return Self.seconds(since: started)
    }

    private static func seconds(since start: ContinuousClock.Instant) -> Double {
        let (seconds, attoseconds) = start.duration(to: .now).components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }

    /// Position, share, speed, time to go, events so far.
    static func line(_ file: String, _ state: RecordingProgress.State, elapsed: Double) -> String {
        let speed = elapsed > 0 ? state.position / elapsed : 0
        var parts = [clockTime(state.position)]
        if let duration = state.duration, duration > 0 {
            parts[0] += " / \(clockTime(duration))"
            parts.append("\(Int(100 * min(1, state.position / duration))) %")
            if speed > 0 { parts.append("\(clockTime(max(0, duration - state.position) / speed)) to go") }
        }
        parts.append("\(decimals(speed, 1)) × real time")
        parts.append("\(state.events) event\(state.events == 1 ? "" : "s")")
        let name = file.count > 24 ? "…" + file.suffix(23) : file
        return "\(name)  " + parts.joined(separator: "  ")
    }
}
