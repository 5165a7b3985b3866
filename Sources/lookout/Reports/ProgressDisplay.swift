import Dispatch
import Watch

/// Draws lines on the terminal a few times a second, if somebody is looking.
struct StatusTimer {
    private let queue = DispatchQueue(label: "progress")
    /// `nil` if nobody is looking.
    private let timer: (any DispatchSourceTimer)?

    /// - Parameter lines: what there is to show; called on a queue of its own.
    init(_ lines: @escaping @Sendable () -> [String]) {
        guard Terminal.isInteractive else {
            timer = nil
            return
        }
        let timer = DispatchSource.makeTimerSource(queue: queue)
        timer.setEventHandler { Terminal.show(lines()) }
        timer.schedule(deadline: .now() + .milliseconds(100), repeating: .milliseconds(200))
        timer.activate()
        self.timer = timer
    }

    /// Takes the lines away.
    func stop() {
        timer?.cancel()
        queue.sync {}  // it may be drawing
        Terminal.clearStatus()
    }

    static func seconds(since start: ContinuousClock.Instant) -> Double {
        let (seconds, attoseconds) = start.duration(to: .now).components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}

/// Draws the progress of a recording a few times a second, if somebody is looking.
struct ProgressDisplay {
    private let started = ContinuousClock.now
    private let status: StatusTimer

    init(file: String, progress: RecordingProgress) {
        let started = started
        status = StatusTimer {
            let elapsed = StatusTimer.seconds(since: started)
            return [Self.line(file, progress.state, elapsed: elapsed, columns: Terminal.columns)]
        }
    }

    /// - Returns: seconds since the display began.
    func stop() -> Double {
        status.stop()
        return StatusTimer.seconds(since: started)
    }

    /// Position, share, time to go, speed, events so far; and, if there is room, what is seen now, and the file's name.
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
        var numbers = parts.joined(separator: "  ")
        let present = state.present.isEmpty ? "" : "  now: " + state.present.joined(separator: ", ")
        if numbers.count + present.count < columns { numbers += present }
        let room = columns - numbers.count - 3
        if file.count <= room { return "\(file)  \(numbers)" }
        return room > 8 ? "…\(file.suffix(room - 1))  \(numbers)" : numbers
    }
}

/// Draws how far an evaluation has come a few times a second, if somebody is looking.
struct EvaluationDisplay {
    private let started = ContinuousClock.now
    private let status: StatusTimer

    /// - Parameter count: how many images there are.
    init(_ evaluation: Evaluation, count: Int) {
        let started = started
        status = StatusTimer {
            [Self.line(evaluation.accuracy, count: count, elapsed: StatusTimer.seconds(since: started))]
        }
    }

    /// - Returns: seconds since the display began.
    func stop() -> Double {
        status.stop()
        return StatusTimer.seconds(since: started)
    }

    /// Images, share, time to go, speed, how many were right.
    static func line(_ accuracy: Accuracy, count: Int, elapsed: Double) -> String {
        let done = accuracy.pictures + accuracy.unreadable
        let speed = elapsed > 0 ? Double(done) / elapsed : 0
        var parts = ["\(done) / \(count)", "\(count > 0 ? 100 * done / count : 0) %"]
        if speed > 0 { parts.append("\(clockTime(Double(count - done) / speed)) to go") }
        parts.append("\(decimals(speed, 1)) images/s")
        parts.append("top-1 \(decimals(100 * accuracy.top1Rate, 1)) %")
        return parts.joined(separator: "  ")
    }
}
