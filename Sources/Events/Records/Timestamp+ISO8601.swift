extension Timestamp {
    /// Syntax error in a time. Its description is the part of a sentence that says what is wrong and how a time is
    /// written.
    package struct TextError: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    /// - Parameter text: as for ``init(text:)``. Nil if it is invalid.
    package init?(iso8601 text: String) { try? self.init(text: text) }

    /// Parses a time of RFC 3339: `2026-11-22T21:17:03Z`, with or without a fraction of the second, with `Z` or an
    /// offset such as `+01:00` at its end.
    ///
    /// - Throws: ``TextError``, also for a date or an hour that does not exist.
    package init(text: String) throws(TextError) {
        var reader = TimeReader(text)
        let seconds = try reader.date() + reader.time()
        let fraction = try reader.fraction()
        let time = seconds - (try reader.offset())
        guard time % 86_400 == 0 || !reader.isLeapSecond else { throw TimeReader.wrong("second", 0...59) }
        guard let milliseconds = Self.exactly(time * 1000 + fraction) else { throw TimeReader.wrongYear }
        self = milliseconds
    }

    private static func exactly(_ milliseconds: Int) -> Timestamp? {
        range.contains(Int64(milliseconds)) ? Timestamp(milliseconds: Int64(milliseconds)) : nil
    }
}

/// Parser of a time, field by field.
private struct TimeReader {
    private var rest: Substring.UTF8View
    /// Whether the second is 60, a leap second.
    private(set) var isLeapSecond = false

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    init(_ text: String) { rest = Substring(text).utf8 }

    /// Parses the date. Returns seconds since 1970.
    mutating func date() throws(Timestamp.TextError) -> Int {
        let year = try digits(4)
        try separator("-")
        let month = try digits(2)
        try separator("-")
        let day = try digits(2)
        guard (1...9999).contains(year) else { throw Self.wrongYear }
        guard (1...12).contains(month) else { throw Self.wrong("month", 1...12) }
        let length = Self.days(in: month, of: year)
        guard (1...length).contains(day) else {
            throw Timestamp.TextError(description: "\(Self.months[month - 1]) \(year) has the days 1 to \(length)")
        }
        return 86_400 * Self.days(to: year, month, day)
    }

    /// Parses the time of day. Returns seconds since midnight.
    mutating func time() throws(Timestamp.TextError) -> Int {
        try separator("T")
        let hour = try field("hour", 0...23)
        try separator(":")
        let minute = try field("minute", 0...59)
        try separator(":")
        let second = try field("second", 0...60)
        isLeapSecond = second == 60
        return 3600 * hour + 60 * minute + second
    }

    /// Parses the fraction of the second. Returns milliseconds, rounded.
    mutating func fraction() throws(Timestamp.TextError) -> Int {
        guard rest.first == UInt8(ascii: ".") else { return 0 }
        rest.removeFirst()
        let digits = rest.prefix { Self.isDigit($0) }
        guard !digits.isEmpty else { throw Self.form }
        rest = rest.dropFirst(digits.count)
        // Further digits do not change the rounded value.
        let read = digits.prefix(9).map { Int($0 - UInt8(ascii: "0")) }
        let nanoseconds = (read + Array(repeating: 0, count: 9 - read.count)).reduce(0) { $0 * 10 + $1 }
        return (nanoseconds + 500_000) / 1_000_000
    }

    /// Parses the offset to the end of the text. Returns seconds east of UTC.
    mutating func offset() throws(Timestamp.TextError) -> Int {
        guard let sign = rest.popFirst() else { throw Self.form }
        if sign == UInt8(ascii: "Z"), rest.isEmpty { return 0 }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { throw Self.form }
        let hours = try field("hour of the offset", 0...23)
        if rest.first == UInt8(ascii: ":") { rest.removeFirst() }
        let minutes = try field("minute of the offset", 0...59)
        guard rest.isEmpty else { throw Self.form }
        let seconds = 3600 * hours + 60 * minutes
        return sign == UInt8(ascii: "-") ? -seconds : seconds
    }

    // MARK: - Fields

    private mutating func field(_ name: String, _ range: ClosedRange<Int>) throws(Timestamp.TextError) -> Int {
        let value = try digits(2)
        guard range.contains(value) else { throw Self.wrong(name, range) }
        return value
    }

    private mutating func digits(_ count: Int) throws(Timestamp.TextError) -> Int {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy(Self.isDigit) else { throw Self.form }
        rest = rest.dropFirst(count)
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    private mutating func separator(_ scalar: Unicode.Scalar) throws(Timestamp.TextError) {
        guard rest.popFirst() == UInt8(ascii: scalar) else { throw Self.form }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    // MARK: - Days

    private static func days(in month: Int, of year: Int) -> Int {
        if month == 2 {
            return year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        }
        return [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Days since 1970-01-01 by the proleptic Gregorian rules, as in RFC 3339.
    private static func days(to year: Int, _ month: Int, _ day: Int) -> Int {
        let before = year - 1
        let leapDays = before / 4 - before / 100 + before / 400
        let beforeMonth = (1..<month).reduce(0) { $0 + days(in: $1, of: year) }
        return 365 * before + leapDays + beforeMonth + day - 1 - 719_162
    }

    // MARK: - Errors

    static let form = Timestamp.TextError(
        description: "a time is written as 2026-11-22T21:17:03Z, with Z or an offset like +01:00 at its end")
    static let wrongYear = Timestamp.TextError(description: "the year is from 0001 to 9999")

    static func wrong(_ field: String, _ range: ClosedRange<Int>) -> Timestamp.TextError {
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return Timestamp.TextError(
            description: "the \(field) is from \(two(range.lowerBound)) to \(two(min(59, range.upperBound)))")
    }
}
