import ArgumentParser
import Service

/// Durations on the command line: seconds, or a number with its unit as in the configuration.
enum Seconds {
    /// Ends the help text of a duration that has a default: the argument parser shows none of converted values.
    static func duration(default seconds: Double) -> String {
        "Duration (default: \(seconds == seconds.rounded() ? decimals(seconds, 0) : "\(seconds)"))."
    }

    /// Parses a duration.
    ///
    /// - Parameter text: as `2`, `0.5`, `500ms`, `10s`, `5m`, `2h` or `1d`.
    /// - Returns: seconds.
    /// - Throws: `ValidationError` with the valid forms.
    @Sendable static func parse(_ text: String) throws -> Double {
        guard let seconds = Units.number(text) ?? Units.seconds(text) else {
            throw ValidationError("it is a number of seconds, or a number with its unit: 500ms, 10s, 5m, 2h, 1d.")
        }
        return seconds
    }
}

/// Position in a recording, as `90`, `90.5`, `90s`, `5m`, `1:30` or `0:01:30.5`.
struct RecordingPosition: ExpressibleByArgument, Equatable {
    /// Seconds from the first frame.
    let seconds: Double

    private static let units: [(name: String, seconds: Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)]
    private static let longest = 1e9

    init?(argument: String) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard let seconds = parts.count == 1 ? Self.withUnit(argument) : Self.clock(parts), seconds <= Self.longest
        else { return nil }
        self.seconds = seconds
    }

    private static func withUnit(_ text: String) -> Double? {
        let unit = units.first { text.hasSuffix($0.name) }
        return number(text.dropLast(unit?.name.count ?? 0)).map { $0 * (unit?.seconds ?? 1) }
    }

    /// Parses hours, minutes and seconds. Only the last may have a fraction, and only the first may be above 59.
    private static func clock(_ parts: [Substring]) -> Double? {
        guard parts.count <= 3 else { return nil }
        var seconds = 0.0
        for (place, part) in parts.enumerated() {
            let isLast = place == parts.count - 1
            guard let value = number(part), isLast || value == value.rounded(), place == 0 || value < 60 else {
                return nil
            }
            seconds = seconds * 60 + value
        }
        return seconds
    }

    /// Parses digits with a point; `Double.init` would also take exponents, hexadecimal digits and infinity.
    private static func number(_ text: Substring) -> Double? {
        guard !text.isEmpty, text.utf8.count <= 20, text.utf8.allSatisfy({ "0123456789.".utf8.contains($0) }) else {
            return nil
        }
        return Double(text)
    }
}
