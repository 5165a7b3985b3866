import Basics
import Events
import Watch

/// Events as text for other programs.
package enum EventExport {
    /// Table of the events of recordings: comma-separated values (RFC 4180), with the names of the columns in the first line.
    package static func csv(_ recordings: [ReportRecording]) -> String {
        let columns = [
            "recording", "id", "label", "group", "time", "start", "end", "duration", "peak", "zones", "lines",
            "attributes",
        ]
        let rows = recordings.flatMap { recording in recording.events.map { fields($0, recording) } }
        return ([columns] + rows).map { CommaSeparated.line($0) + "\r\n" }.joined()
    }

    private static func fields(_ event: ReportEvent, _ recording: ReportRecording) -> [String] {
        [
            recording.path, event.id, event.label, event.group ?? "",
            recording.first.advanced(by: event.start).description, decimal(event.start), decimal(event.end),
            decimal(event.end - event.start), decimal(event.peak), event.zones.joined(separator: ";"),
            event.crossings.map { "\($0.line):\($0.direction)" }.joined(separator: ";"),
            event.attributes.joined(separator: ";"),
        ]
    }

    /// Returns the events of a recording as subtitles in SubRip's format.
    package static func srt(_ recording: ReportRecording) -> String {
        cues(recording).enumerated().map { index, cue in
            "\(index + 1)\n\(stamp(cue.interval.start, ",")) --> \(stamp(cue.interval.end, ","))\n\(cue.text)\n\n"
        }.joined()
    }

    /// Returns the events of a recording as subtitles in WebVTT (W3C).
    package static func vtt(_ recording: ReportRecording) -> String {
        "WEBVTT\n\n"
            + cues(recording).map { cue in
                "\(stamp(cue.interval.start, ".")) --> \(stamp(cue.interval.end, "."))\n\(escaped(cue.text))\n\n"
            }.joined()
    }

    /// Returns the events of a recording as chapters in FFmpeg's metadata format.
    package static func chapters(_ recording: ReportRecording) -> String {
        ";FFMETADATA1\n"
            + recording.events.map { event in
                let (start, end) = (
                    milliseconds(event.start), max(milliseconds(event.end), milliseconds(event.start) + 1)
                )
                return "[CHAPTER]\nTIMEBASE=1/1000\nSTART=\(start)\nEND=\(end)\ntitle=\(metadata(title(event)))\n"
            }.joined()
    }

    // MARK: - Subtitles

    /// Text that is shown for some time.
    struct Cue: Equatable {
        var interval: MediaInterval
        var text: String
    }

    /// Least time that a subtitle is shown, in seconds.
    private static let leastLength = 1.0

    /// Returns subtitles without overlaps: each has all events of its time.
    static func cues(_ recording: ReportRecording) -> [Cue] {
        let shown = recording.events.map { event in
            (
                event: event,
                interval: MediaInterval(
                    start: max(0, event.start), end: max(event.end, event.start + leastLength))
            )
        }
        let times = Set(shown.flatMap { [$0.interval.start, $0.interval.end] }).sorted()
        return zip(times, times.dropFirst()).compactMap { start, end in
            let present = shown.filter { $0.interval.start <= start && $0.interval.end >= end }
            guard !present.isEmpty, milliseconds(end) > milliseconds(start) else { return nil }
            return Cue(
                interval: MediaInterval(start: start, end: end),
                text: present.map { title($0.event) }.joined(separator: "\n"))
        }
    }

    private static func title(_ event: ReportEvent) -> String {
        let name = event.group.map { $0 == event.label ? $0 : "\($0) (\(event.label))" } ?? event.label
        return "\(printable(name)) \(Int((100 * event.peak).rounded())) %"
    }

    /// Formats seconds as `00:01:02,345`.
    static func stamp(_ seconds: Double, _ point: String) -> String {
        let total = milliseconds(seconds)
        func digits(_ number: Int, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        let parts = [total / 3_600_000, total / 60_000 % 60, total / 1000 % 60].map { digits($0, 2) }
        return parts.joined(separator: ":") + point + digits(total % 1000, 3)
    }

    private static func milliseconds(_ seconds: Double) -> Int {
        seconds.isFinite ? Int((1000 * min(max(0, seconds), 1e9)).rounded()) : 0
    }

    private static func decimal(_ value: Double) -> String {
        let rounded = (value * 1000).rounded() / 1000
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }

    private static func escaped(_ text: String) -> String {
        text.map { $0 == "&" ? "&amp;" : $0 == "<" ? "&lt;" : $0 == ">" ? "&gt;" : String($0) }.joined()
    }

    /// Escapes the special characters of FFmpeg's metadata.
    private static func metadata(_ text: String) -> String {
        text.map { "=;#\\\n".contains($0) ? "\\\($0)" : String($0) }.joined()
    }
}
