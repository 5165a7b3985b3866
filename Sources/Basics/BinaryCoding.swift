/// Writes a binary format: numbers are little-endian, and integers are written as varints of seven bits per byte, the lowest first (LEB128).
package struct BinaryWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func add(_ byte: UInt8) { bytes.append(byte) }

    /// Adds an unsigned integer as a varint.
    package mutating func add(_ value: Int) {
        precondition(value >= 0, "a negative number has no varint")
        var rest = UInt64(value)
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    package mutating func add(_ value: Double) { addBits(value.bitPattern) }

    package mutating func add(_ value: Float) { addBits(value.bitPattern) }

    package mutating func addBits<Bits: FixedWidthInteger>(_ value: Bits) {
        for byte in 0..<Bits.bitWidth / 8 { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * byte))) }
    }

    package mutating func add<Bytes: Collection<UInt8>>(contentsOf other: Bytes) { bytes += other }
}

/// Reads what ``BinaryWriter`` has written. The bytes may be hostile: each read checks that they are there.
package struct BinaryReader {
    private let bytes: ArraySlice<UInt8>
    private var offset: Int

    package init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        offset = bytes.startIndex
    }

    package var isAtEnd: Bool { offset == bytes.endIndex }

    /// Number of bytes that are left.
    package var remaining: Int { bytes.endIndex - offset }

    /// Returns the next bytes.
    ///
    /// - Throws: ``FormatError``.
    package mutating func take(_ count: Int) throws(FormatError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= remaining else { throw FormatError("it is cut off") }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }

    package mutating func byte() throws(FormatError) -> UInt8 {
        guard offset < bytes.endIndex else { throw FormatError("it is cut off") }
        defer { offset += 1 }
        return bytes[offset]
    }

    /// Reads a varint.
    ///
    /// - Parameter limit: largest valid value.
    package mutating func integer(atMost limit: Int = .max) throws(FormatError) -> Int {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 63, by: 7) {
            let byte = try byte()
            value |= UInt64(byte & 0x7F) << shift
            guard byte & 0x80 == 0 else { continue }
            guard value <= UInt64(limit) else { throw FormatError("a number of \(value) is too large") }
            return Int(value)
        }
        throw FormatError("a number is too long")
    }

    /// Reads the number of elements of a list.
    ///
    /// - Parameter size: least number of bytes of an element: a list that cannot be there needs no memory.
    package mutating func count(ofSize size: Int) throws(FormatError) -> Int {
        try integer(atMost: remaining / max(1, size))
    }

    package mutating func bits<Bits: FixedWidthInteger>(_: Bits.Type) throws(FormatError) -> Bits {
        var value: Bits = 0
        for (place, byte) in try take(Bits.bitWidth / 8).enumerated() {
            value |= Bits(truncatingIfNeeded: byte) << (8 * place)
        }
        return value
    }

    /// Reads a number, which must be finite.
    package mutating func double() throws(FormatError) -> Double {
        let value = Double(bitPattern: try bits(UInt64.self))
        guard value.isFinite else { throw FormatError("a number is not finite") }
        return value
    }

    /// Reads a number, which must be finite.
    package mutating func float() throws(FormatError) -> Float {
        let value = Float(bitPattern: try bits(UInt32.self))
        guard value.isFinite else { throw FormatError("a number is not finite") }
        return value
    }
}
