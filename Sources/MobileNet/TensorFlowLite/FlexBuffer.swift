/// The map of options that a custom operator of TensorFlow Lite carries: FlexBuffers, the format without a schema.
/// Only what such maps hold is read: numbers, by name.
///
/// <https://flatbuffers.dev/flatbuffers_internals/#flexbuffers>
struct FlexMap {
    private var numbers: [String: Double] = [:]

    /// Far more than any operator has.
    private static let mostEntries = 64
    private static let longest = 1 << 16

    subscript(name: String) -> Double? { numbers[name] }

    /// - Throws: ``FormatError`` if it is damaged.
    init(_ bytes: ArraySlice<UInt8>) throws(FormatError) {
        guard bytes.count <= Self.longest else { throw FormatError("the options of a custom operator are too long") }
        let bytes = Array(bytes)
        // The last byte is the width of the root, the one before it says what the root is.
        guard bytes.count >= 3, let width = Self.width(bytes[bytes.count - 1]) else {
            throw FormatError("the options of a custom operator are damaged")
        }
        let type = bytes[bytes.count - 2]
        guard type >> 2 == 9 else { throw FormatError("the options of a custom operator are no map") }
        let root = bytes.count - 2 - width
        try read(bytes, map: try Self.target(bytes, root, width), width: 1 << Int(type & 3))
    }

    /// A map is a list of values behind three numbers: where its keys are, how wide they are, and how many.
    private mutating func read(_ bytes: [UInt8], map: Int, width: Int) throws(FormatError) {
        let count = Int(clamping: try Self.unsigned(bytes, map - width, width))
        let keyWidth = Int(clamping: try Self.unsigned(bytes, map - 2 * width, width))
        let keys = try Self.target(bytes, map - 3 * width, width)
        guard count <= Self.mostEntries, [1, 2, 4, 8].contains(keyWidth) else {
            throw FormatError("the options of a custom operator are damaged")
        }
        for index in 0..<count {
            let key = try Self.target(bytes, keys + index * keyWidth, keyWidth)
            let type = UInt8(truncatingIfNeeded: try Self.unsigned(bytes, map + count * width + index, 1))
            numbers[try Self.key(bytes, key)] = try Self.value(bytes, map + index * width, width, type)
        }
    }

    /// A number that stands in the list itself, or one that the list points to; `nil` of anything else.
    private static func value(_ bytes: [UInt8], _ place: Int, _ width: Int, _ type: UInt8) throws(FormatError)
        -> Double?
    {
        func indirect() throws(FormatError) -> (Int, Int) {
            (try target(bytes, place, width), 1 << Int(type & 3))
        }
        switch type >> 2 {
        case 1: return Double(try signed(bytes, place, width))
        case 2, 26: return Double(try unsigned(bytes, place, width))
        case 3: return try real(bytes, place, width)
        case 6: let (at, size) = try indirect(); return Double(try signed(bytes, at, size))
        case 7: let (at, size) = try indirect(); return Double(try unsigned(bytes, at, size))
        case 8: let (at, size) = try indirect(); return try real(bytes, at, size)
        default: return nil
        }
    }

    private static func width(_ byte: UInt8) -> Int? { [1, 2, 4, 8].contains(byte) ? Int(byte) : nil }

    /// Where an offset leads, which counts backwards from its own place.
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

    private static func real(_ bytes: [UInt8], _ place: Int, _ width: Int) throws(FormatError) -> Double? {
        let bits = try unsigned(bytes, place, width)
        switch width {
        case 4: return Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
        case 8: return Double(bitPattern: bits)
        default: return nil
        }
    }

    /// A name, which ends with a zero.
    private static func key(_ bytes: [UInt8], _ place: Int) throws(FormatError) -> String {
        guard bytes.indices.contains(place), let end = bytes[place...].firstIndex(of: 0) else {
            throw FormatError("the options of a custom operator are cut short")
        }
        return String(decoding: bytes[place..<end], as: UTF8.self)
    }
}
