import Dispatch
import Watch

/// Draws status lines five times a second if standard error is a terminal.
struct StatusTimer {
    private let queue = DispatchQueue(label: "progress")
    /// `nil` if standard error is no terminal.
    private let timer: (any DispatchSourceTimer)?

    /// - Parameter lines: returns the lines to draw; called on a queue of its own.
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

    /// Removes the lines.
    func stop() {
        timer?.cancel()
        queue.sync {}  // waits for a drawing in progress
        Terminal.clearStatus()
    }

    static func seconds(since start: ContinuousClock.Instant) -> Double {
        let (seconds, attoseconds) = start.duration(to: .now).components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}

/// Draws the progress of a recording if standard error is a terminal.
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

    /// Stops the display.
    ///
    /// - Returns: seconds since it started.
    func stop() -> Double {
        status.stop()
        return StatusTimer.seconds(since: started)
    }

    /// Formats position, percentage, time to go, speed and number of events; and, if there is room, the open events and
    /// the file's name.
    ///
    /// - Parameter elapsed: run time in seconds; `nil` to leave the speed out.
    static func line(
        _ file: String, _ state: RecordingProgress.State, elapsed: Double? = nil, columns: Int
    ) -> String {
        let speed = elapsed.map { $0 > 0 ? state.position / $0 : 0 } ?? 0
        var parts = [clockTime(state.position)]
        if let duration = state.duration, duration > 0 {
            parts[0] += " / \(clockTime(duration))"
            parts.append("\(Int(100 * min(1, state.position / duration))) %")
            if speed > 0 { parts.append("\(clockTime(max(0, duration - state.position) / speed)) to go") }
        }
        if elapsed != nil { parts.append("\(decimals(speed, 1)) × real time") }
        parts.append("\(state.events) event\(state.events == 1 ? "" : "s")")
        var line = parts.joined(separator: "  ")
        let present = state.present.isEmpty ? "" : "  now: " + state.present.joined(separator: ", ")
        if line.count + present.count < columns { line += present }
        let room = columns - line.count - 3
        if file.count <= room { return "\(file)  \(line)" }
        return room > 8 ? "…\(file.suffix(room - 1))  \(line)" : line
    }
}

/// Draws the progress of an evaluation if standard error is a terminal.
struct EvaluationDisplay {
    private let started = ContinuousClock.now
    private let status: StatusTimer

    /// - Parameter count: number of images.
    init(_ evaluation: Evaluation, count: Int) {
        let started = started
        status = StatusTimer {
            [Self.line(evaluation.accuracy, count: count, elapsed: StatusTimer.seconds(since: started))]
        }
    }

    init(_ evaluation: DetectorEvaluation) {
        let started = started
        status = StatusTimer {
            let progress = evaluation.progress
            return [
                Self.line(
                    done: progress.done + progress.unreadable, count: evaluation.count,
                    elapsed: StatusTimer.seconds(since: started))
            ]
        }
    }

    /// Stops the display.
    ///
    /// - Returns: seconds since it started.
    func stop() -> Double {
        status.stop()
        return StatusTimer.seconds(since: started)
    }

    /// Formats images, percentage, time to go, speed and accuracy.
    static func line(_ accuracy: Accuracy, count: Int, elapsed: Double) -> String {
        line(done: accuracy.images + accuracy.unreadable, count: count, elapsed: elapsed)
            + "  top-1 \(decimals(100 * accuracy.top1Rate, 1)) %"
    }

    private static func line(done: Int, count: Int, elapsed: Double) -> String {
        let speed = elapsed > 0 ? Double(done) / elapsed : 0
        var parts = ["\(done) / \(count)", "\(count > 0 ? 100 * done / count : 0) %"]
        if speed > 0 { parts.append("\(clockTime(Double(count - done) / speed)) to go") }
        parts.append("\(decimals(speed, 1)) images/s")
        return parts.joined(separator: "  ")
    }
}
