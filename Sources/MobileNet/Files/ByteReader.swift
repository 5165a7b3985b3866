/// Bounds-checked reader of little-endian values in untrusted bytes.
struct ByteReader {
    let bytes: [UInt8]
    private(set) var position: Int
    let end: Int

    init(_ bytes: [UInt8], from start: Int = 0, to end: Int? = nil) {
        self.bytes = bytes
        position = start
        self.end = min(end ?? bytes.count, bytes.count)
    }

    var remaining: Int { max(end - position, 0) }

    /// Returns the range of the next bytes, and moves behind them.
    mutating func take(_ count: Int) throws(FormatError) -> Range<Int> {
        guard count >= 0, count <= remaining else { throw FormatError("cut short at byte \(end)") }
        defer { position += count }
        return position..<position + count
    }

    mutating func byte() throws(FormatError) -> UInt8 { bytes[try take(1).lowerBound] }

    mutating func integer<T: FixedWidthInteger>(_: T.Type) throws(FormatError) -> T {
        let range = try take(MemoryLayout<T>.size)
        return bytes.withUnsafeBytes { T(littleEndian: $0.loadUnaligned(fromByteOffset: range.lowerBound, as: T.self)) }
    }

    /// Reads a count of bytes or items. It has to fit an `Int`.
    mutating func count<T: FixedWidthInteger>(_: T.Type) throws(FormatError) -> Int {
        let value = try integer(T.self)
        guard let count = Int(exactly: value), count >= 0 else {
            throw FormatError("a length of \(value) is impossible")
        }
        return count
    }

    mutating func string(_ count: Int) throws(FormatError) -> String {
        let range = try take(count)
        guard let text = String(validating: bytes[range], as: UTF8.self) else {
            throw FormatError("text at byte \(range.lowerBound) is not UTF-8")
        }
        return text
    }

    /// Reads the text up to the next line feed, and moves behind it.
    mutating func line() throws(FormatError) -> String {
        guard let feed = bytes[position..<max(end, position)].firstIndex(of: 0x0A) else {
            throw FormatError("cut short at byte \(end)")
        }
        let text = try string(feed - position)
        position = feed + 1
        return text
    }

    mutating func seek(to target: Int) throws(FormatError) {
        guard (0...end).contains(target) else { throw FormatError("cut short at byte \(end)") }
        position = target
    }
}
