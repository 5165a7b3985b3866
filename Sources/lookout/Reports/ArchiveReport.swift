import Archive
import Basics
import Dispatch
import Events
import Glibc
import Logging
import Watch

/// Report of an analysis into a project folder: progress on a terminal, failures as they come, and a summary at the end.
final class ArchiveReport: Sendable {
    private struct State {
        /// Recordings that are being analysed, in the order in which they began.
        var running: [(path: String, progress: RecordingProgress)] = []
        var summary: Summary
    }

    /// Counts of the outcomes of all recordings.
    struct Summary: Sendable {
        var recordings: Int
        /// Recordings that were analysed now.
        var analyzed = 0
        /// Recordings that had been done before.
        var known = 0
        /// Recordings with unreadable parts.
        var corrupt: [(path: String, message: String)] = []
        /// Recordings that cannot be read.
        var failed: [(path: String, message: String)] = []
        /// Recordings of other shards.
        var others = 0
        /// Recordings outside of the time that was asked for.
        var outside = 0
        var events = 0
        /// Seconds of video that were analysed now.
        var length = 0.0
        /// Time of each stage, summed over all threads.
        var times = StageTimes()

        var done: Int { analyzed + known + failed.count + others + outside }

        /// Exit status: 0 if all was read, 65 if some parts were not, 66 if nothing was.
        var status: Int32 {
            if failed.isEmpty, corrupt.isEmpty { return 0 }
            return analyzed + known == 0 ? EX_NOINPUT : EX_DATAERR
        }
    }

    private let state: Mutex<State>
    private let started = ContinuousClock.now

    init(recordings: Int) { state = Mutex(State(summary: Summary(recordings: recordings))) }

    // MARK: - Recordings

    /// Adds recordings that are to be analyzed.
    func expect(_ count: Int) { state.withLock { $0.summary.recordings += count } }

    func begin(_ path: String, _ progress: RecordingProgress) {
        state.withLock { $0.running.append((path, progress)) }
    }

    func end(_ path: String, _ outcome: ArchiveRun.Outcome) {
        let message = state.withLock { state -> String? in
            state.running.removeAll { $0.path == path }
            return state.summary.note(path, outcome)
        }
        if let message { Terminal.complain(message) }
    }

    var summary: Summary { state.withLock { $0.summary } }

    /// Seconds since the beginning.
    var elapsed: Double { StatusTimer.seconds(since: started) }

    /// Progress for a terminal: a line for each recording that is being analysed, and one of all.
    var lines: [String] {
        let (running, summary) = state.withLock { ($0.running, $0.summary) }
        let position = summary.length + running.reduce(0) { $0 + $1.progress.state.position }
        let speed = elapsed > 0 ? "  \(decimals(position / elapsed, 1)) × real time" : ""
        let failures = summary.failed.isEmpty ? "" : "  \(summary.failed.count) unreadable"
        let total = "\(summary.done) of \(count(summary.recordings, "recording"))\(failures)\(speed)"
        return running.map { ProgressDisplay.line($0.path, $0.progress.state, columns: Terminal.columns) } + [total]
    }
}

extension ArchiveReport.Summary {
    /// Notes the outcome of a recording.
    ///
    /// - Returns: a message, if people should know at once.
    fileprivate mutating func note(_ path: String, _ outcome: ArchiveRun.Outcome) -> String? {
        // Of a recording that a recorder has written on, the last outcome counts.
        let before = failed.count + corrupt.count
        failed.removeAll { $0.path == path }
        corrupt.removeAll { $0.path == path }
        recordings -= before - failed.count - corrupt.count
        switch outcome {
        case .known(let entry):
            known += 1
            events += entry.events ?? 0
            return noteCorruption(path, entry)
        case .analyzed(let entry, _) where entry.state == .outside: outside += 1
        case .analyzed(let entry, let times):
            analyzed += 1
            self.times += times
            events += entry.events ?? 0
            length += entry.length ?? 0
            return noteCorruption(path, entry)
        case .failed(let path, let message):
            failed.append((path, message))
            return "\(path): \(message)"
        case .otherShard: others += 1
        case .interrupted: break
        }
        return nil
    }

    private mutating func noteCorruption(_ path: String, _ entry: RecordingEntry) -> String? {
        guard entry.state == .corrupt else { return nil }
        corrupt.append((path, entry.message ?? "it has corrupt segments"))
        return "\(path): \(entry.message ?? "it has corrupt segments")"
    }

    /// Summary for people.
    ///
    /// - Parameter elapsed: seconds that the run took.
    func text(elapsed: Double) -> String {
        var parts = ["\(analyzed) analyzed"]
        if known > 0 { parts.append("\(known) done before") }
        if others > 0 { parts.append("\(others) of other parts") }
        if outside > 0 { parts.append("\(outside) outside of the time") }
        if !corrupt.isEmpty { parts.append("\(corrupt.count) with corrupt segments") }
        if !failed.isEmpty { parts.append("\(failed.count) unreadable") }
        var lines = ["\(count(recordings, "recording")): \(parts.joined(separator: ", ")); \(count(events, "event"))"]
        if length > 0, elapsed > 0 {
            lines.append(
                "\(clockTime(length)) of video in \(clockTime(elapsed)), \(decimals(length / elapsed, 1)) × real time")
        }
        lines += times.text.map { ["time: " + $0] } ?? []
        return lines.joined(separator: "\n")
    }

    /// Summary as a JSON line.
    func json(elapsed: Double) -> JSONLine {
        func failures(_ list: [(path: String, message: String)]) -> [JSONLine] {
            list.map { path, message in
                var line = JSONLine()
                line.add("path", path)
                line.add("message", message)
                return line
            }
        }
        var line = JSONLine()
        line.add("recordings", recordings)
        line.add("analyzed", analyzed)
        line.add("done_before", known)
        line.add("other_parts", others)
        line.add("outside", outside)
        line.add("corrupt", failures(corrupt))
        line.add("failed", failures(failed))
        line.add("events", events)
        line.add("video_seconds", length, decimals: 3)
        line.add("seconds", elapsed, decimals: 3)
        line.add("stage_seconds", times.json)
        return line
    }
}
