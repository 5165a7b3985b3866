import Watch

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
