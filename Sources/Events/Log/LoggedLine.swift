import FoundationEssentials

/// An event record read from a log. Missing members are nil; the README describes the members.
package struct LoggedLine: Decodable, Sendable {
    /// Sequence number.
    package var seq: Int
    /// Type, such as `start`.
    package var type: String
    /// Wall-clock time in UTC, RFC 3339.
    package var time: String?
    /// Identifier of the event.
    package var id: String?
    /// Name of the camera or recording.
    package var source: String?
    /// Name of the region.
    package var region: String?
    /// The label.
    package var label: String?
    /// Group of the label.
    package var group: String?
    /// Name of the network.
    package var model: String?
    /// Score of the last sample.
    package var score: Double?
    /// Seconds by the time stamps of the source.
    package var media: Double?
    /// Left edge, upper edge, width and height of an object's bounding box.
    package var box: [Double]?
    /// Names of the zones that an object has entered.
    package var zones: [String]?
    /// Name of the zone that an object enters, leaves or loiters in.
    package var zone: String?
    /// Seconds of an object in a zone.
    package var dwell: Double?
    /// Name of the line that an object crosses.
    package var line: String?
    /// Name of the direction in which it crosses.
    package var direction: String?
    /// Reason of an `end` or a `source_lost`.
    package var reason: String?
    /// Length in seconds, of an `end`, `source_found` or `source_thawed`.
    package var duration: Double?
    /// Highest score, of an `end`.
    package var peak: Double?
    /// Number of missing records, of a `gap`.
    package var missed: Int?
    /// Shift of later times in seconds, of a `clock_step`.
    package var step: Double?
    /// The clock that stepped, of a `clock_step`.
    package var cause: String?
    /// `lost` or `frozen`, of the `state` of a source.
    package var condition: String?

    /// Members by which filters select the record.
    package var topic: EventTopic { EventTopic(type: type, source: source, label: label, group: group) }

    /// - Parameter line: with or without its line feed.
    /// - Returns: nil if it is no event record.
    package init?(_ line: some Collection<UInt8>) {
        guard let value = try? JSONDecoder().decode(LoggedLine.self, from: Data(line)) else { return nil }
        self = value
    }

    /// Beginning of each record that this version writes.
    private static let head = Array(#"{"v":1,"seq":"#.utf8)
    private static let timeKey = Array(#""time":""#.utf8)

    /// Returns the sequence number of a record, without parsing all of it if this version wrote it.
    package static func sequence(of line: some Collection<UInt8>) -> Int? {
        guard line.starts(with: head) else { return LoggedLine(line)?.seq }
        var number = 0
        for byte in line.dropFirst(head.count) {
            guard let digit = digit(byte), number < 1 << 58 else { return number }
            number = number * 10 + digit
        }
        return nil
    }

    private static func digit(_ byte: UInt8) -> Int? {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? Int(byte - UInt8(ascii: "0")) : nil
    }

    /// Returns the time of a record, without parsing all of it; nil if another program wrote it.
    static func time(of line: some Collection<UInt8>) -> Timestamp? {
        let start = Array(line.prefix(256))
        let length = Timestamp(milliseconds: 0).description.utf8.count
        guard start.starts(with: head), let key = start.firstRange(of: timeKey), key.upperBound + length <= start.count
        else { return nil }
        return Timestamp(iso8601: String(decoding: start[key.upperBound..<key.upperBound + length], as: UTF8.self))
    }
}

extension LoggedLine {
    /// Escapes what is unsafe to print on a terminal in a line of a log that another program may have written. Its
    /// meaning as JSON stays the same.
    ///
    /// - Parameter line: with or without its line feed.
    package static func printable(_ line: [UInt8]) -> [UInt8] {
        let end = line.last == UInt8(ascii: "\n") ? line.count - 1 : line.count
        guard line[..<end].contains(where: { $0 < 0x20 || $0 >= 0x7F }) else { return line }
        var bytes: [UInt8] = []
        for scalar in String(decoding: line[..<end], as: UTF8.self).unicodeScalars {
            JSONText.append(scalar, to: &bytes)
        }
        return bytes + line[end...]
    }
}
