/// Map in the FlexBuffers format, which holds the options of a custom operator of TensorFlow Lite.
///
/// Only scalars are read. <https://flatbuffers.dev/flatbuffers_internals/#flexbuffers>
struct FlexMap {
    private var entries: [String: Double] = [:]

    /// Limit that no operator reaches.
    private static let mostEntries = 64
    private static let longest = 1 << 16

    /// Value of an option; `nil` if it is missing or not a scalar.
    subscript(name: String) -> Double? { entries[name] }

    /// - Throws: ``FormatError`` if the map is malformed.
    init(_ bytes: ArraySlice<UInt8>) throws(FormatError) {
        guard bytes.count <= Self.longest else { throw FormatError("the options of a custom operator are too long") }
        let bytes = Array(bytes)
        // The last byte is the width of the root, the byte before it its type.
        guard bytes.count >= 3, let width = Self.width(bytes[bytes.count - 1]) else {
            throw FormatError("the options of a custom operator are corrupt")
        }
        let type = bytes[bytes.count - 2]
        guard type >> 2 == 9 else { throw FormatError("the options of a custom operator are not a map") }
        let root = bytes.count - 2 - width
        try read(bytes, map: try Self.target(bytes, root, width), width: 1 << Int(type & 3))
    }

    /// Reads the values of a map. Three fields precede them: the offset of the keys, their width, and their count.
    private mutating func read(_ bytes: [UInt8], map: Int, width: Int) throws(FormatError) {
        let count = Int(clamping: try Self.unsigned(bytes, map - width, width))
        let keyWidth = Int(clamping: try Self.unsigned(bytes, map - 2 * width, width))
        let keys = try Self.target(bytes, map - 3 * width, width)
        guard count <= Self.mostEntries, [1, 2, 4, 8].contains(keyWidth) else {
            throw FormatError("the options of a custom operator are corrupt")
        }
        for index in 0..<count {
            let key = try Self.target(bytes, keys + index * keyWidth, keyWidth)
            let type = UInt8(truncatingIfNeeded: try Self.unsigned(bytes, map + count * width + index, 1))
            entries[try Self.key(bytes, key)] = try Self.value(bytes, map + index * width, width, type)
        }
    }

    /// Returns a scalar that is stored inline or by reference; `nil` for another type.
    private static func value(_ bytes: [UInt8], _ place: Int, _ width: Int, _ type: UInt8) throws(FormatError)
        -> Double?
    {
        func indirect() throws(FormatError) -> (Int, Int) {
            (try target(bytes, place, width), 1 << Int(type & 3))
        }
        switch type >> 2 {
        case 1: return Double(try signed(bytes, place, width))
        case 2, 26: return Double(try unsigned(bytes, place, width))
        case 3: return try float(bytes, place, width)
        case 6: let (at, size) = try indirect(); return Double(try signed(bytes, at, size))
        case 7: let (at, size) = try indirect(); return Double(try unsigned(bytes, at, size))
        case 8: let (at, size) = try indirect(); return try float(bytes, at, size)
        default: return nil
        }
    }

    private static func width(_ byte: UInt8) -> Int? { [1, 2, 4, 8].contains(byte) ? Int(byte) : nil }

    /// Follows an offset, which is subtracted from its own position.
    private static func target(_ bytes: [UInt8], _ place: Int, _ width: Int) throws(FormatError) -> Int {
        place - Int(min(try unsigned(bytes, place, width), UInt64(bytes.count) + 1))
    }

    private static func unsigned(_ bytes: [UInt8], _ place: Int, _ width: Int) throws(FormatError) -> UInt64 {
        guard place >= 0, width >= 1, place <= bytes.count - width else {
            throw FormatError("the options of a custom operator are cut short")
        }
        return (0..<width).reversed().reduce(0) { $0 << 8 | UInt64(bytes[place + $1]) }
    }

    private static func signed(_ bytes: [UInt8], _ place: Int, _ width: Int) throws(FormatError) -> Int64 {
        let shift = UInt64(64 - 8 * width)
        return Int64(bitPattern: try unsigned(bytes, place, width) << shift) >> Int64(shift)
    }

    private static func float(_ bytes: [UInt8], _ place: Int, _ width: Int) throws(FormatError) -> Double? {
        let bits = try unsigned(bytes, place, width)
        switch width {
        case 4: return Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
        case 8: return Double(bitPattern: bits)
        default: return nil
        }
    }

    /// Returns a key, a null-terminated string.
    private static func key(_ bytes: [UInt8], _ place: Int) throws(FormatError) -> String {
        guard bytes.indices.contains(place), let end = bytes[place...].firstIndex(of: 0) else {
            throw FormatError("the options of a custom operator are cut short")
        }
        return String(decoding: bytes[place..<end], as: UTF8.self)
    }
}
