import Basics
import Events
import Glibc

/// Text format of event records.
struct TailFormat {
    let hasColours: Bool

    /// Whether to use colours: on a terminal, unless NO_COLOR is set (<https://no-color.org>).
    static var isWanted: Bool {
        guard isatty(STDOUT_FILENO) == 1, (Environment.variable("NO_COLOR") ?? "").isEmpty else { return false }
        return Environment.variable("TERM") ?? "dumb" != "dumb"
    }

    private enum Colour: Int {
        case bold = 1
        case dim = 2
        case red = 31
        case green = 32
        case yellow = 33
    }

    /// Formats a record; `nil` if the line is no event record.
    func text(of line: [UInt8]) -> String? {
        guard let line = LoggedLine(line.dropLast()) else { return nil }
        let time = line.time.flatMap(Timestamp.init(iso8601:)).map(Self.local) ?? "?"
        let names = [line.source, line.region == "full" ? nil : line.region].compactMap { $0 }.map(printable)
        let (description, colour) = Self.description(line)
        var parts = [coloured(time, .dim)] + names
        if let label = line.label {
            let group = line.group.map { " (\(printable($0)))" } ?? ""
            parts.append(coloured(printable(label), .bold) + group)
        }
        parts.append(coloured(printable(description), colour))
        return parts.joined(separator: "  ")
    }

    private func coloured(_ text: String, _ colour: Colour?) -> String {
        guard hasColours, let colour else { return text }
        return "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m"
    }

    private static func description(_ line: LoggedLine) -> (String, Colour?) {
        let score = decimals(line.score ?? 0, 2)
        let duration = decimals(line.duration ?? 0, 1)
        switch line.type {
        case "start": return ("started, score \(score)", .green)
        case "update": return ("continues, score \(score)", nil)
        case "end":
            let reason = line.reason.flatMap { $0 == "cleared" ? nil : " (\(words($0)))" } ?? ""
            return ("ended after \(duration) s, peak \(decimals(line.peak ?? 0, 2))\(reason)", nil)
        case "enter": return ("enters \(line.zone ?? "?")", .green)
        case "leave": return ("leaves \(line.zone ?? "?") after \(decimals(line.dwell ?? 0, 1)) s", nil)
        case "loiter": return ("has been in \(line.zone ?? "?") for \(decimals(line.dwell ?? 0, 1)) s", .yellow)
        case "cross": return ("crosses \(line.line ?? "?"): \(line.direction ?? "?")", .green)
        case "source_lost": return ("source lost: \(line.reason ?? "?")", .red)
        case "source_found": return ("source found after \(duration) s", .green)
        case "source_frozen": return ("source frozen: its frames repeat bit for bit", .red)
        case "source_thawed": return ("source thawed after \(duration) s", .green)
        case "clock_step":
            return ("clock step of \(decimals(line.step ?? 0, 1)) s, by the \(line.cause ?? "?")", .yellow)
        case "gap": return ("gap: \(count(line.missed ?? 0, "line")) missed", .yellow)
        default: return (words(line.type), nil)
        }
    }

    private static func words(_ name: String) -> String { name.split(separator: "_").joined(separator: " ") }

    /// Formats a time in the local time zone, as `2026-11-22 22:17:03`.
    static func local(_ time: Timestamp) -> String {
        var seconds = time_t((Double(time.milliseconds) / 1000).rounded(.down))
        var fields = tm()
        localtime_r(&seconds, &fields)
        func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(fields.tm_year + 1900)-\(two(fields.tm_mon + 1))-\(two(fields.tm_mday)) "
            + "\(two(fields.tm_hour)):\(two(fields.tm_min)):\(two(fields.tm_sec))"
    }
}
