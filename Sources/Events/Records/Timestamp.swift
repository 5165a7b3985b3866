import Basics
import Glibc

/// A point in time: milliseconds since 1970 in UTC.
package struct Timestamp: Equatable, Comparable, Hashable, Sendable, CustomStringConvertible {
    /// Milliseconds since 1970 in UTC; negative before.
    package private(set) var milliseconds: Int64

    /// The years 0001 to 9999: those of RFC 3339 without the year 0000.
    static let range = Int64(-62_135_596_800_000)...253_402_300_799_999

    /// - Parameter milliseconds: since 1970 in UTC. They are clamped to the years 0001 to 9999.
    package init(milliseconds: Int64) {
        self.milliseconds = min(max(milliseconds, Self.range.lowerBound), Self.range.upperBound)
    }

    /// - Parameter seconds: since 1970 in UTC. They are rounded to milliseconds.
    package init(seconds: Double) { self.init(milliseconds: Self.milliseconds(seconds)) }

    /// Returns the time some seconds later, rounded to milliseconds.
    package func advanced(by seconds: Double) -> Timestamp {
        Timestamp(milliseconds: milliseconds + Self.milliseconds(seconds))  // neither is above 10^15
    }

    /// Converts seconds to milliseconds. Clamps them to about ten thousand years, so that the conversion does not
    /// trap; NaN becomes 0.
    private static func milliseconds(_ seconds: Double) -> Int64 {
        let limit = 3.2e11
        return seconds.isNaN ? 0 : Int64((min(max(seconds, -limit), limit) * 1000).rounded())
    }

    package static func < (a: Self, b: Self) -> Bool { a.milliseconds < b.milliseconds }

    /// RFC 3339 with milliseconds: `2026-11-22T21:17:03.412Z`.
    package var description: String {
        var seconds = time_t(milliseconds / 1000)
        var rest = milliseconds % 1000
        if rest < 0 {
            rest += 1000
            seconds -= 1
        }
        var fields = tm()
        gmtime_r(&seconds, &fields)
        func digits(_ value: Int, _ count: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        return digits(Int(fields.tm_year) + 1900, 4) + "-" + digits(Int(fields.tm_mon) + 1, 2)
            + "-" + digits(Int(fields.tm_mday), 2) + "T" + digits(Int(fields.tm_hour), 2)
            + ":" + digits(Int(fields.tm_min), 2) + ":" + digits(Int(fields.tm_sec), 2)
            + "." + digits(Int(rest), 3) + "Z"
    }
}
