import Basics
import Events
import Watch

/// Events of recordings as people read them, a line for each when it is over: `00:00:54–00:01:08  minivan (car)  0.82`.
///
/// A line has to say until when something was seen, so it cannot be written when that begins; what is being seen is in
/// the line that shows the progress.
struct RecordingText: Sendable {
    /// Whether there are several recordings, so that each line has to say whose it is.
    let namesSource: Bool

    var format: RecordingSinks.Format {
        RecordingSinks.Format(
            event: { event, _, start in line(event, start: start).map { Array(($0 + "\n").utf8) } },
            source: { event, _ in line(event).map { Array(($0 + "\n").utf8) } })
    }

    /// - Returns: nil if it is no jump of time stamps.
    func line(_ event: SourceEvent) -> String? {
        guard case .clockStep(let seconds, _) = event.kind else { return nil }
        let text = "(the time stamps jump by \(decimals(seconds, 1)) s)"
        return printable(namesSource ? "\(event.source)  \(text)" : text)
    }

    /// - Parameter start: the time stamp with which the recording begins, in seconds.
    /// - Returns: nil if it is no end.
    func line(_ event: Event, start: Double) -> String? {
        guard case .end(let reason) = event.kind else { return nil }
        let interval = event.interval
        var parts = namesSource ? [event.source] : []
        parts.append("\(Self.position(interval.start.media - start))–\(Self.position(interval.end.media - start))")
        parts.append(Self.name(event.label, event.group))
        parts.append(decimals(interval.peak, 2))
        if let note = Self.note(reason) { parts.append(note) }
        return printable(parts.joined(separator: "  "))
    }

    /// The label, and its group.
    static func name(_ label: String, _ group: String?) -> String { label + (group.map { " (\($0))" } ?? "") }

    /// Where in a recording, as players show it: `00:01:08`.
    static func position(_ seconds: Double) -> String {
        let total = seconds.isFinite ? Int(min(max(0, seconds), 1e12).rounded(.down)) : 0
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(total / 3600)):\(two(total / 60 % 60)):\(two(total % 60))"
    }

    private static func note(_ reason: EndReason) -> String? {
        switch reason {
        case .sourceLost: "(until it could not be read on)"
        case .shutdown: "(until it was stopped)"
        case .cleared, .sourceEnded, .maximumLength, .restart: nil
        }
    }
}
