import Events
import Glibc

/// Pattern by which the name of a recording contains the time of its first frame, as `%Y-%m-%d_%H-%M-%S`.
///
/// Fields are as in strftime(3): `%Y` `%m` `%d` `%H` `%M` `%S`, `%y`, `%s` (seconds since 1970) and `%z` (as `+0100` or `Z`); `%%`
/// is a percent sign, and everything else stands for itself. A name without `%z` has local time, by the environment variable
/// TZ. The pattern may be anywhere in the name.
package struct NameTime: Equatable, Sendable {
    /// Error of a pattern, as the end of a sentence about it.
    package struct PatternError: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    private enum Part: Equatable {
        case literal(UInt8)
        case field(UInt8)
    }

    /// The pattern as it was written.
    package let pattern: String
    private let parts: [Part]

    /// Digits of each field; `z` and `s` have several lengths.
    private static let lengths: [UInt8: Int] = [
        UInt8(ascii: "Y"): 4, UInt8(ascii: "m"): 2, UInt8(ascii: "d"): 2, UInt8(ascii: "H"): 2, UInt8(ascii: "M"): 2,
        UInt8(ascii: "S"): 2, UInt8(ascii: "y"): 2,
    ]

    /// - Throws: ``PatternError`` for an unknown field, or a pattern without a date.
    package init(_ pattern: String) throws(PatternError) {
        var parts: [Part] = []
        var isField = false
        for byte in pattern.utf8 {
            if isField {
                isField = false
                let isKnown = Self.lengths[byte] != nil || [UInt8(ascii: "s"), UInt8(ascii: "z")].contains(byte)
                guard isKnown || byte == UInt8(ascii: "%") else {
                    throw PatternError(
                        description: "%\(Character(UnicodeScalar(byte))) is not one of %Y %m %d %H %M %S %y %s %z %%")
                }
                parts.append(isKnown ? .field(byte) : .literal(byte))
            } else if byte == UInt8(ascii: "%") {
                isField = true
            } else {
                parts.append(.literal(byte))
            }
        }
        guard !isField else { throw PatternError(description: "it ends with a single %") }
        func has(_ letters: String) -> Bool { letters.utf8.allSatisfy { parts.contains(.field($0)) } }
        guard has("s") || has("Ymd") || has("ymd") else {
            throw PatternError(description: "it has no date: %Y, %m and %d, or %s")
        }
        self.pattern = pattern
        self.parts = parts
    }

    /// Returns the time in a name; `nil` if the pattern is not in it, or the date does not exist.
    package func time(in name: String) -> Timestamp? {
        let bytes = Array(name.utf8)
        return bytes.indices.lazy.compactMap { time(bytes[$0...]) }.first
    }

    /// Values of the fields of a name.
    fileprivate struct Fields {
        var values: [UInt8: Int] = [:]
        /// Offset from UTC, in seconds; `nil` for local time.
        var offset: Int?
    }

    private func time(_ bytes: ArraySlice<UInt8>) -> Timestamp? {
        var rest = bytes
        var fields = Fields()
        for part in parts {
            switch part {
            case .literal(let byte):
                guard rest.popFirst() == byte else { return nil }
            case .field(let letter):
                guard Self.read(letter, from: &rest, into: &fields) else { return nil }
            }
        }
        return fields.time
    }

    private static func read(_ letter: UInt8, from rest: inout ArraySlice<UInt8>, into fields: inout Fields) -> Bool {
        if letter == UInt8(ascii: "z") { return readOffset(from: &rest, into: &fields) }
        let most = lengths[letter] ?? 12
        let digits = rest.prefix(most).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard let value = Int(String(decoding: digits, as: UTF8.self)), digits.count == most || lengths[letter] == nil
        else { return false }
        rest = rest.dropFirst(digits.count)
        fields.values[letter] = value
        return true
    }

    /// Reads `Z`, `+01`, `+0100` or `+01:00`.
    private static func readOffset(from rest: inout ArraySlice<UInt8>, into fields: inout Fields) -> Bool {
        guard let sign = rest.popFirst() else { return false }
        if sign == UInt8(ascii: "Z") {
            fields.offset = 0
            return true
        }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), let hours = twoDigits(&rest) else { return false }
        if rest.first == UInt8(ascii: ":") { rest.removeFirst() }
        let minutes = twoDigits(&rest) ?? 0
        guard hours < 24, minutes < 60 else { return false }
        fields.offset = (sign == UInt8(ascii: "-") ? -1 : 1) * (3600 * hours + 60 * minutes)
        return true
    }

    private static func twoDigits(_ rest: inout ArraySlice<UInt8>) -> Int? {
        let digits = rest.prefix(2)
        guard digits.count == 2, let value = Int(String(decoding: digits, as: UTF8.self)), value >= 0 else {
            return nil
        }
        rest = rest.dropFirst(2)
        return value
    }
}

extension NameTime.Fields {
    private func value(_ letter: Character) -> Int? { letter.asciiValue.flatMap { values[$0] } }

    /// Time of the fields; `nil` if there is no such date.
    fileprivate var time: Timestamp? {
        if let seconds = value("s") { return Timestamp(milliseconds: 1000 * Int64(seconds)) }
        var parts = tm()
        let year = value("Y") ?? 2000 + (value("y") ?? 0)
        parts.tm_year = Int32(year - 1900)
        parts.tm_mon = Int32((value("m") ?? 1) - 1)
        parts.tm_mday = Int32(value("d") ?? 1)
        parts.tm_hour = Int32(value("H") ?? 0)
        parts.tm_min = Int32(value("M") ?? 0)
        parts.tm_sec = Int32(value("S") ?? 0)
        parts.tm_isdst = -1  // the zone's rules say it
        let wanted = parts
        let seconds = offset.map { timegm(&parts) - $0 } ?? mktime(&parts)
        // February 30 becomes March: such a name has no time.
        guard parts.tm_mon == wanted.tm_mon, parts.tm_mday == wanted.tm_mday, wanted.tm_hour < 24, wanted.tm_min < 60,
            wanted.tm_sec < 60
        else { return nil }
        return Timestamp(milliseconds: 1000 * Int64(seconds))
    }
}
