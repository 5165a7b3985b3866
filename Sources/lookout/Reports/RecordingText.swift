import Basics
import Events
import Watch

/// Text format of a recording's events: a line for each event that has ended, as
/// `00:00:54–00:01:08  minivan (car)  0.82`, and for each crossing of a line and visit of a zone, as
/// `00:01:04  person  crosses exit: out`.
///
/// A line contains the end of its event, so it cannot be written earlier; open events are in the progress line.
struct RecordingText: Sendable {
    /// Whether lines begin with the name of the recording, because there are several.
    let namesSource: Bool

    var format: RecordingSinks.Format {
        RecordingSinks.Format(
            event: { event, _, start in line(event, start: start).map { Array(($0 + "\n").utf8) } },
            source: { event, _ in line(event).map { Array(($0 + "\n").utf8) } })
    }

    /// Formats a jump of time stamps; `nil` for other events.
    func line(_ event: SourceEvent) -> String? {
        guard case .clockStep(let seconds, _) = event.kind else { return nil }
        let text = "(the time stamps jump by \(decimals(seconds, 1)) s)"
        return printable(namesSource ? "\(event.source)  \(text)" : text)
    }

    /// Formats an event; `nil` for those that a later line includes.
    ///
    /// - Parameter start: time stamp of the recording's first frame, in seconds.
    func line(_ event: AnalysisEvent, start: Double) -> String? {
        switch event {
        case .label(let event): line(event, start: start)
        case .object(let event): line(event, start: start)
        }
    }

    /// Formats the end of an object, and what it did at lines and zones; `nil` for its start and updates.
    private func line(_ event: ObjectEvent, start: Double) -> String? {
        let name = Self.name(event.label, event.group)
        var parts = namesSource ? [event.source] : []
        switch event.kind {
        case .end(let reason):
            let object = event.object
            parts.append("\(Self.position(object.start.media - start))–\(Self.position(object.lastSeen.media - start))")
            parts += [name, decimals(object.peak, 2)]
            if !object.zones.isEmpty { parts.append("in \(object.zones.joined(separator: ", "))") }
            if let note = Self.note(reason) { parts.append(note) }
        case .cross(let line, let direction):
            parts += [Self.position(event.media - start), name, "crosses \(line): \(direction)"]
        case .leave(let zone, let dwell):
            parts += [Self.position(event.media - start), name, "leaves \(zone) after \(decimals(dwell, 1)) s"]
        case .loiter(let zone, let dwell):
            parts += [Self.position(event.media - start), name, "has been in \(zone) for \(decimals(dwell, 1)) s"]
        case .start, .update, .enter, .stationary, .moving: return nil
        }
        return printable(parts.joined(separator: "  "))
    }

    /// Formats the end of an event; `nil` for its start and updates.
    private func line(_ event: Event, start: Double) -> String? {
        guard case .end(let reason) = event.kind else { return nil }
        let interval = event.interval
        var parts = namesSource ? [event.source] : []
        parts.append("\(Self.position(interval.start.media - start))–\(Self.position(interval.end.media - start))")
        parts.append(Self.name(event.label, event.group))
        parts.append(decimals(interval.peak, 2))
        if let note = Self.note(reason) { parts.append(note) }
        return printable(parts.joined(separator: "  "))
    }

    /// Formats a label with its group.
    static func name(_ label: String, _ group: String?) -> String { label + (group.map { " (\($0))" } ?? "") }

    /// Formats a position in a recording, as `00:01:08`.
    static func position(_ seconds: Double) -> String {
        let total = seconds.isFinite ? Int(min(max(0, seconds), 1e12).rounded(.down)) : 0
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(total / 3600)):\(two(total / 60 % 60)):\(two(total % 60))"
    }

    private static func note(_ reason: EndReason) -> String? {
        switch reason {
        case .sourceLost: "(the recording could not be read further)"
        case .shutdown: "(stopped)"
        case .cleared, .sourceEnded, .maximumLength, .restart: nil
        }
    }
}
