/// Reader of the fields of a Protocol Buffers message. It never reads past the end of the message.
///
/// "Protocol Buffers: Encoding", <https://protobuf.dev/programming-guides/encoding/>.
struct ProtobufReader {
    /// Contents of a field, by wire type.
    enum Content {
        case number(UInt64)
        case fixed32(UInt32)
        case fixed64(UInt64)
        /// String, bytes, packed list, or embedded message.
        case bytes(Range<Int>)
    }

    private var reader: ByteReader

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        reader = ByteReader(bytes, from: range.lowerBound, to: range.upperBound)
    }

    init(_ bytes: [UInt8]) { self.init(bytes, 0..<bytes.count) }

    /// Reads the next field; `nil` at the end of the message.
    ///
    /// - Throws: ``FormatError`` if the message is malformed or truncated.
    mutating func next() throws(FormatError) -> (field: Int, content: Content)? {
        guard reader.remaining > 0 else { return nil }
        let place = reader.position
        let key = try number()
        let field = Int(truncatingIfNeeded: key >> 3)
        guard (1..<1 << 29).contains(field) else { throw FormatError("an invalid field of a message at byte \(place)") }
        switch key & 7 {
        case 0: return (field, .number(try number()))
        case 1: return (field, .fixed64(try reader.integer(UInt64.self)))
        case 2:
            let length = try number()
            guard length <= UInt64(reader.remaining) else { throw FormatError("cut short at byte \(reader.end)") }
            return (field, .bytes(try reader.take(Int(length))))
        case 5: return (field, .fixed32(try reader.integer(UInt32.self)))
        default: throw FormatError("an invalid field of a message at byte \(place)")
        }
    }

    /// Reads a varint: seven bits per byte, the lowest first.
    mutating func number() throws(FormatError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 70, by: 7) {
            let byte = try reader.byte()
            value |= UInt64(byte & 0x7F) << UInt64(shift)
            if byte & 0x80 == 0 { return value }
        }
        throw FormatError("an integer of more than ten bytes at byte \(reader.position)")
    }

    var isAtEnd: Bool { reader.remaining == 0 }

    mutating func fixed32() throws(FormatError) -> UInt32 { try reader.integer(UInt32.self) }

    mutating func fixed64() throws(FormatError) -> UInt64 { try reader.integer(UInt64.self) }
}

extension ProtobufReader.Content {
    /// Value of a varint; 0 for another wire type.
    var integer: Int {
        if case .number(let value) = self { Int(truncatingIfNeeded: Int64(bitPattern: value)) } else { 0 }
    }

    var float: Float {
        if case .fixed32(let bits) = self { Float(bitPattern: bits) } else { 0 }
    }

    /// Byte range of a string, a list or a message; empty for another wire type.
    var range: Range<Int> {
        if case .bytes(let range) = self { range } else { 0..<0 }
    }

    func text(in bytes: [UInt8]) -> String { String(decoding: bytes[range], as: UTF8.self) }
}
