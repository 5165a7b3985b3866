import Capture
import Events
import Logging
import Watch

/// What people see of an analysis on standard error: progress while it runs, then what came of it.
struct AnalysisReport {
    private let log: Logger
    private(set) var filesBegun = 0
    /// The exit status: that of the first file with which something was wrong.
    private(set) var status: Int32 = 0
    private(set) var progress = RecordingProgress()
    private var display: ProgressDisplay?
    /// Seconds that the last file took.
    private var elapsed = 0.0
    /// Events of all files, and what came nearest to one.
    private var events = 0
    private var nearest: (file: String, miss: NearestMiss, start: Double)?

    init(log: Logger) { self.log = log }

    mutating func begin(_ file: String, number: Int, of count: Int) {
        filesBegun += 1
        progress = RecordingProgress()
        display = ProgressDisplay(file: count > 1 ? "\(file) (\(number)/\(count))" : file, progress: progress)
    }

    mutating func stopDisplay() {
        elapsed = display?.stop() ?? 0
        display = nil
    }

    /// - Parameter result: an error that is no file's fault has been thrown before.
    mutating func end(_ file: String, _ result: Result<RecordingAnalysis.Summary, any Error>) {
        switch result {
        case .success(let summary):
            note(file, summary)
            if Terminal.isInteractive { tell(file, summary, elapsed) }
            log.info("\(file): started \(summary.clock.epoch) by its \(summary.clock.origin.rawValue)")
            if let damage = describe(summary.damage) { complain(65, "\(file): \(damage)") }
        case .failure(let error):
            let failure = Failure(error, path: file) ?? Failure(status: 70, "\(file): \(error)")
            complain(failure.status, failure.description)
        }
    }

    private mutating func note(_ file: String, _ summary: RecordingAnalysis.Summary) {
        events += summary.events
        guard let miss = summary.nearestMiss else { return }
        let share = miss.score / miss.thresholds.enter
        if let nearest, share <= nearest.miss.score / nearest.miss.thresholds.enter { return }
        nearest = (file, miss, summary.start)
    }

    /// Says that nothing was seen, if nothing was: no output may also mean that something is wrong.
    func finish() {
        guard events == 0, let nearest else { return }
        Terminal.complain(Self.nothingSeen(files: filesBegun, nearest.file, nearest.miss, start: nearest.start))
    }

    /// - Parameters:
    ///   - file: where it came nearest.
    ///   - start: the time stamp with which that file begins, in seconds.
    static func nothingSeen(files: Int, _ file: String, _ miss: NearestMiss, start: Double) -> String {
        let place = (files > 1 ? " of \(file)" : "")
        let reason =
            miss.wasTooShort
            ? "but for less than --hold \(short(miss.thresholds.holdTime))"
            : "below --enter \(short(miss.thresholds.enter))"
        return "\(files > 1 ? "\(files) recordings" : file): nothing was seen; the nearest was "
            + "\(RecordingText.name(miss.label, miss.group)) \(decimals(miss.score, 2)), \(reason), "
            + "at \(RecordingText.position(miss.media - start))\(place)"
    }

    private static func short(_ number: Double) -> String {
        number == number.rounded() ? decimals(number, 0) : "\(number)"
    }

    private mutating func complain(_ status: Int32, _ text: String) {
        if self.status == 0 { self.status = status }
        Terminal.complain(text)
    }

    private func tell(_ file: String, _ summary: RecordingAnalysis.Summary, _ elapsed: Double) {
        let speed = elapsed > 0 ? "\(decimals(summary.length / elapsed, 1)) × real time" : ""
        Terminal.tell(
            "\(file): \(clockTime(summary.length)) of video, \(count(summary.samples, "picture")), "
                + "\(count(summary.events, "event")), \(speed)")
    }

    /// What was left out, in a sentence.
    private func describe(_ damage: Corruption) -> String? {
        guard !damage.isEmpty else { return nil }
        var parts: [String] = []
        if !damage.stretches.isEmpty {
            let shown = damage.stretches.prefix(5).map { "\(decimals($0.start, 2))–\(decimals($0.end, 2)) s" }
            let more = damage.stretches.count > shown.count ? ", …" : ""
            parts.append(
                "\(count(damage.stretches.count, "damaged stretch", "damaged stretches")) skipped "
                    + "(\(shown.joined(separator: ", "))\(more); \(count(damage.frames, "picture")))")
        }
        if let end = damage.truncatedAt { parts.append("breaks off at \(decimals(end, 2)) s, before its end") }
        return parts.joined(separator: "; ")
    }
}
