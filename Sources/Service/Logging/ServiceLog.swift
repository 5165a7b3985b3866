import Basics
import Capture
import Dispatch
import Glibc
import Logging

/// The log of the service: lines on standard error, with priorities if that is systemd's journal, and never more
/// of them than somebody can read.
///
/// Messages with a `source` in their metadata are about a camera, a stream or a sink; it stands in front of the
/// message, and of equal messages only the first is written, and a summary in each interval. All others are always
/// written.
package final class ServiceLog: Sendable {
    private struct State {
        var flood: FloodControl
        /// When the next summaries are written, if that is planned.
        var planned: Double?
    }

    /// Lines that wait for whoever reads them.
    private struct Outbox {
        var lines: [String] = []
        /// Lines that found no room.
        var missed = 0
        var written = 0
        var isWriting = false
        var progress = QueueProgress()

        mutating func add(_ line: String, at time: Double) {
            if lines.count < ServiceLog.capacity { lines.append(line) } else { missed += 1 }
            progress.wait(lines.count + (isWriting ? 1 : 0), at: time)
        }
    }

    /// How many lines may wait.
    private static let capacity = 1000
    /// Seconds for which a line is waited for. A journal that has stopped keeps nobody waiting for longer, and only one.
    private static let timeout = 0.5

    private let isJournal: Bool
    private let write: @Sendable (String) -> Void
    private let state: Mutex<State>
    private let queue = DispatchQueue(label: "log", qos: .utility)
    private let outbox = Mutex(Outbox())
    private let writer = DispatchQueue(label: "journal", qos: .utility)

    /// - Parameters:
    ///   - isJournal: whether what is written goes to systemd's journal; see ``JournalStream``.
    ///   - flood: how often the same may be said.
    ///   - write: writes a line, which ends with a line feed. From any thread.
    package init(
        isJournal: Bool, flood: FloodControl = FloodControl(),
        write: @escaping @Sendable (String) -> Void = standardError
    ) {
        self.isJournal = isJournal
        self.write = write
        state = Mutex(State(flood: flood))
    }

    /// A logger that writes to it.
    package func logger(level: Logger.Level = .info) -> Logger {
        var logger = Logger(label: "lookout") { _ in ServiceLogHandler(log: self) }
        logger.logLevel = level
        return logger
    }

    /// Writes a message, or counts it.
    func add(_ message: String, level: Logger.Level, source: String?) {
        guard let source else { return writeLine(message, level, nil) }
        let isAdmitted = state.withLock { state in
            state.flood.admits(message, from: source, tag: Self.tag(of: level), at: MonotonicClock.now)
        }
        if isAdmitted { writeLine(message, level, source) } else { plan() }
    }

    /// Writes what was counted so far and has not been said, and waits for it, but not for long.
    package func flush() {
        for summary in state.withLock({ $0.flood.summaries(at: .infinity) }) { writeSummary(summary) }
        let written = DispatchGroup()
        writer.async(group: written) {}
        _ = written.wait(timeout: .now() + Self.timeout)
    }

    /// How it gets on as a sink of its own.
    var figures: MetricsSnapshot.Sink {
        let outbox = outbox.withLock { $0 }
        var sink = MetricsSnapshot.Sink(name: "journal")
        (sink.lines, sink.missed, sink.queueDepth) = (outbox.written, outbox.missed, outbox.progress.depth)
        return sink
    }

    /// - Parameter time: by the monotonic clock, in seconds.
    /// - Returns: nil if it gets on.
    func stall(at time: Double) -> Progress.Stall? {
        let progress = outbox.withLock(\.progress)
        return progress.stall(at: time).map { Progress.Stall(name: "journal", seconds: $0, depth: progress.depth) }
    }

    private func plan() {
        let deadline = state.withLock { state -> Double? in
            guard state.planned == nil, let deadline = state.flood.deadline else { return nil }
            state.planned = deadline
            return deadline
        }
        guard let deadline else { return }
        queue.asyncAfter(deadline: .now() + max(0, deadline - MonotonicClock.now)) { [self] in summarize() }
    }

    private func summarize() {
        let summaries = state.withLock { state in
            state.planned = nil
            return state.flood.summaries(at: MonotonicClock.now)
        }
        for summary in summaries { writeSummary(summary) }
        plan()
    }

    private func writeSummary(_ summary: FloodControl.Summary) {
        writeLine(summary.text, Logger.Level.allCases[summary.tag], summary.source)
    }

    private func writeLine(_ message: String, _ level: Logger.Level, _ source: String?) {
        let line = LogLine.text(message, level: level, source: source, journal: isJournal)
        let begins = outbox.withLock { outbox in
            outbox.add(line, at: MonotonicClock.now)
            defer { outbox.isWriting = true }
            return !outbox.isWriting
        }
        guard begins else { return }
        let written = DispatchGroup()
        writer.async(group: written) { [self] in drain() }
        _ = written.wait(timeout: .now() + Self.timeout)
    }

    private func drain() {
        while let line = outbox.withLock({ outbox -> String? in
            outbox.isWriting = !outbox.lines.isEmpty
            return outbox.lines.isEmpty ? nil : outbox.lines.removeFirst()
        }) {
            write(line)
            outbox.withLock { outbox in
                outbox.written += 1
                outbox.progress.finish(outbox.lines.count, at: MonotonicClock.now)
            }
        }
    }

    private static func tag(of level: Logger.Level) -> Int { Logger.Level.allCases.firstIndex(of: level) ?? 0 }

    /// Writes a line to standard error. If nobody can read it there, there is nobody to be told.
    @Sendable package static func standardError(_ line: String) {
        try? writeAll(Array(line.utf8), to: STDERR_FILENO)
    }
}
