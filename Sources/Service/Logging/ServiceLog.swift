import Basics
import Capture
import Dispatch
import Events
import Glibc
import Logging

/// Log of the service: lines on standard error, with priorities if that is systemd's journal.
///
/// A message with a `source` in its metadata is about a camera, a stream or a sink. The line begins with it. Of equal
/// messages only the first is written, and a summary per interval. Messages without a source are always written.
///
/// Thread-safe.
package final class ServiceLog: Sendable {
    private struct State {
        var flood: FloodControl
        /// Time of the next summaries, if they are scheduled.
        var scheduled: Double?
    }

    /// Lines that wait to be written.
    private struct Outbox {
        var lines: [String] = []
        /// Lines that were dropped because the outbox was full.
        var missed = 0
        var written = 0
        var isWriting = false
        var progress = QueueProgress()

        mutating func add(_ line: String, at time: Double) {
            if lines.count < ServiceLog.capacity { lines.append(line) } else { missed += 1 }
            progress.wait(lines.count + (isWriting ? 1 : 0), at: time)
        }
    }

    /// Lines that may wait.
    private static let capacity = 1000
    /// Seconds that a caller waits for its line. A blocked journal makes one caller wait, and no longer.
    private static let timeout = 0.5

    private let isJournal: Bool
    private let write: @Sendable (String) -> Void
    private let state: Mutex<State>
    private let queue = DispatchQueue(label: "log", qos: .utility)
    private let outbox = Mutex(Outbox())
    private let writer = DispatchQueue(label: "journal", qos: .utility)

    /// - Parameters:
    ///   - isJournal: whether the lines go to systemd's journal; see ``JournalStream``.
    ///   - flood: the rate limit.
    ///   - write: writes a line, which ends with a line feed. Is called on any thread.
    package init(
        isJournal: Bool, flood: FloodControl = FloodControl(),
        write: @escaping @Sendable (String) -> Void = standardError
    ) {
        self.isJournal = isJournal
        self.write = write
        state = Mutex(State(flood: flood))
    }

    /// Makes a logger that writes to this log.
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
        if isAdmitted { writeLine(message, level, source) } else { scheduleSummary() }
    }

    /// Writes the summaries of counted messages, and waits for them for a short time.
    package func flush() {
        for summary in state.withLock({ $0.flood.summaries(at: .infinity) }) { writeSummary(summary) }
        let written = DispatchGroup()
        writer.async(group: written) {}
        _ = written.wait(timeout: .now() + Self.timeout)
    }

    /// Counts of the log as a sink.
    var figures: MetricsSnapshot.Sink {
        let outbox = outbox.withLock { $0 }
        return MetricsSnapshot.Sink(
            name: "journal", counts: SinkCounts(records: outbox.written, missed: outbox.missed),
            queueDepth: outbox.progress.depth)
    }

    /// - Parameter time: seconds of the monotonic clock.
    /// - Returns: `nil` if the log makes progress.
    func stall(at time: Double) -> Progress.Stall? {
        let progress = outbox.withLock(\.progress)
        return progress.stall(at: time).map { Progress.Stall(name: "journal", seconds: $0, depth: progress.depth) }
    }

    private func scheduleSummary() {
        let deadline = state.withLock { state -> Double? in
            guard state.scheduled == nil, let deadline = state.flood.deadline else { return nil }
            state.scheduled = deadline
            return deadline
        }
        guard let deadline else { return }
        queue.asyncAfter(deadline: .now() + max(0, deadline - MonotonicClock.now)) { [self] in summarize() }
    }

    private func summarize() {
        let summaries = state.withLock { state in
            state.scheduled = nil
            return state.flood.summaries(at: MonotonicClock.now)
        }
        for summary in summaries { writeSummary(summary) }
        scheduleSummary()
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

    /// Writes a line to standard error. Errors are ignored: there is nowhere to report them.
    @Sendable package static func standardError(_ line: String) {
        try? writeAll(Array(line.utf8), to: STDERR_FILENO)
    }
}

/// Backend of swift-log for the service's log.
struct ServiceLogHandler: LogHandler {
    let log: ServiceLog
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    init(log: ServiceLog) { self.log = log }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        if let own = event.metadata { all.merge(own) { $1 } }
        let source = all.removeValue(forKey: LogLine.sourceKey).map { "\($0)" }
        let rest = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
        let message = rest.isEmpty ? "\(event.message)" : "\(event.message) (\(rest))"
        log.add(Redaction.clean(message, keepsPaths: true), level: event.level, source: source)
    }
}

/// Format of a line of the log.
enum LogLine {
    /// Metadata key of the camera, stream or sink that a message is about.
    static let sourceKey = "source"

    /// - Parameters:
    ///   - source: the camera, stream or sink that the message is about.
    ///   - journal: whether the line goes to systemd's journal, which reads the level from a prefix; sd-daemon(3).
    static func text(_ message: String, level: Logger.Level, source: String?, journal: Bool) -> String {
        // Text from a camera must not start a line of its own, nor control a terminal.
        let text = printable((source.map { $0 + ": " } ?? "") + message)
        return (journal ? "<\(priority(of: level))>" : "lookout: ") + text + "\n"
    }

    /// Returns the priority of syslog(3).
    static func priority(of level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}

extension Configuration.ProgramLog.Level {
    /// The level of swift-log.
    var loggerLevel: Logger.Level {
        switch self {
        case .error: .error
        case .warning: .warning
        case .notice: .notice
        case .info: .info
        case .debug: .debug
        }
    }
}
