import Dispatch
import Watch

/// Draws the progress of a recording a few times a second, if somebody is looking.
final class ProgressDisplay {
    private let started = ContinuousClock.now
    private let queue = DispatchQueue(label: "progress")
    /// `nil` if nobody is looking.
    private let timer: (any DispatchSourceTimer)?

    init(file: String, progress: RecordingProgress) {
        guard Terminal.isInteractive else {
            timer = nil
            return
        }
        let started = started
        let timer = DispatchSource.makeTimerSource(queue: queue)
        timer.setEventHandler {
            let elapsed = Self.seconds(since: started)
            Terminal.show([Self.line(file, progress.state, elapsed: elapsed, columns: Terminal.columns)])
        }
        timer.schedule(deadline: .now() + .milliseconds(100), repeating: .milliseconds(200))
        timer.activate()
        self.timer = timer
    }

    /// - Returns: seconds since the display began.
    func stop() -> Double {
        timer?.cancel()
        queue.sync {}  // it may be drawing
        Terminal.clearStatus()
        return Self.seconds(since: started)
    }

    private static func seconds(since start: ContinuousClock.Instant) -> Double {
        let (seconds, attoseconds) = start.duration(to: .now).components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }

    /// Position, share, time to go, speed, events so far; and of the file's name what there is room for.
    static func line(_ file: String, _ state: RecordingProgress.State, elapsed: Double, columns: Int) -> String {
        let speed = elapsed > 0 ? state.position / elapsed : 0
        var parts = [clockTime(state.position)]
        if let duration = state.duration, duration > 0 {
            parts[0] += " / \(clockTime(duration))"
            parts.append("\(Int(100 * min(1, state.position / duration))) %")
            if speed > 0 { parts.append("\(clockTime(max(0, duration - state.position) / speed)) to go") }
        }
        parts.append("\(decimals(speed, 1)) × real time")
        parts.append("\(state.events) event\(state.events == 1 ? "" : "s")")
        let numbers = parts.joined(separator: "  ")
        let room = columns - numbers.count - 3
        if file.count <= room { return "\(file)  \(numbers)" }
        return room > 8 ? "…\(file.suffix(room - 1))  \(numbers)" : numbers
    }
}
