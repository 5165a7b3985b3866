import Capture
import Events
import Logging
import Watch

/// Report of an analysis on standard error: progress while it runs, then its result.
struct AnalysisReport {
    private let log: Logger
    private(set) var filesBegun = 0
    /// Exit status: of the first file that failed.
    private(set) var status: Int32 = 0
    private(set) var progress = RecordingProgress()
    private var display: ProgressDisplay?
    /// Run time of the last file, in seconds.
    private var elapsed = 0.0
    /// Number of events of all files.
    private var events = 0
    /// Label that came nearest to an event.
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

    /// Reports the result of a file.
    ///
    /// - Parameter result: its error is about the file; others were thrown before.
    mutating func end(_ file: String, _ result: Result<RecordingAnalysis.Summary, any Error>) {
        switch result {
        case .success(let summary) where summary.isOutside:
            log.info("\(file): not in the time that was asked for")
        case .success(let summary):
            note(file, summary)
            if Terminal.isInteractive { tell(file, summary, elapsed) }
            log.info("\(file): started \(summary.clock.epoch) by its \(summary.clock.origin.rawValue)")
            if !summary.corruption.isEmpty { complain(65, "\(file): \(summary.corruption)") }
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

    /// Reports that there was no event, if so: without output, a user cannot tell that from a mistake.
    func finish() {
        guard events == 0, let nearest else { return }
        Terminal.complain(Self.noEvents(files: filesBegun, nearest.file, nearest.miss, start: nearest.start))
    }

    /// Returns a sentence with the label that came nearest to an event.
    ///
    /// - Parameters:
    ///   - files: number of files.
    ///   - file: file with that label.
    ///   - start: time stamp of that file's first frame, in seconds.
    static func noEvents(files: Int, _ file: String, _ miss: NearestMiss, start: Double) -> String {
        let place = (files > 1 ? " of \(file)" : "")
        let reason =
            miss.wasTooShort
            ? "but for less than --hold \(short(miss.thresholds.holdTime))"
            : "below --enter \(short(miss.thresholds.enter))"
        return "\(files > 1 ? "\(files) recordings" : file): no events; the nearest was "
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
            "\(file): \(clockTime(summary.length)) of video, \(count(summary.samples, "sample")), "
                + "\(count(summary.events, "event")), \(speed)"
                + (summary.times.text.map { "; \($0)" } ?? ""))
    }
}
