/// A table of a FlatBuffers file: fields by number, each of which may be missing.
///
/// Every offset is checked when it is followed, so no file makes it read outside of itself.
/// "FlatBuffer Internals", <https://flatbuffers.dev/internals/>.
struct FlatTable {
    let bytes: [UInt8]
    /// Where the table starts.
    let position: Int
    /// Where the offsets of its fields start, and how many there are.
    private let fields: Int
    private let fieldCount: Int

    /// The table that a file begins with.
    ///
    /// - Parameter start: where the buffer starts; offsets count from there.
    static func root(of bytes: [UInt8]) throws(FormatError) -> FlatTable {
        try FlatTable(bytes, at: try follow(bytes, 0))
    }

    init(_ bytes: [UInt8], at position: Int) throws(FormatError) {
        let back = Int(try Self.number(bytes, position, as: Int32.self))
        let table = position - back
        let size = Int(try Self.number(bytes, table, as: UInt16.self))
        guard size >= 4, size.isMultiple(of: 2), table + size <= bytes.count else {
            throw FormatError("a table at byte \(position) is damaged")
        }
        self.bytes = bytes
        self.position = position
        fields = table + 4
        fieldCount = (size - 4) / 2
    }

    /// A number, or what the schema says if the field is missing.
    func number<T: FixedWidthInteger>(_ field: Int, default missing: T) throws(FormatError) -> T {
        guard let place = try place(of: field) else { return missing }
        return try Self.number(bytes, place, as: T.self)
    }

    func real(_ field: Int, default missing: Float) throws(FormatError) -> Float {
        Float(bitPattern: try number(field, default: missing.bitPattern))
    }

    func table(_ field: Int) throws(FormatError) -> FlatTable? {
        guard let place = try place(of: field) else { return nil }
        return try FlatTable(bytes, at: try Self.follow(bytes, place))
    }

    /// A list of numbers; empty if the field is missing.
    func numbers<T: FixedWidthInteger>(_ field: Int, of: T.Type) throws(FormatError) -> FlatVector<T> {
        FlatVector(bytes: bytes, range: try stretch(field, size: MemoryLayout<T>.size))
    }

    /// A list of tables; empty if the field is missing.
    func tables(_ field: Int) throws(FormatError) -> FlatVector<UInt32> { try numbers(field, of: UInt32.self) }

    /// Text; empty if the field is missing or is not UTF-8.
    ///
    /// - Parameter limit: bytes after which it is cut off: many tables may refer to one long text.
    func text(_ field: Int, atMost limit: Int = 1024) throws(FormatError) -> String {
        var stretch = try stretch(field, size: 1)
        if stretch.count > limit { stretch = stretch.lowerBound..<stretch.lowerBound + limit }
        return String(validating: bytes[stretch], as: UTF8.self) ?? ""
    }

    /// Where the bytes of a list lie.
    func stretch(_ field: Int, size: Int) throws(FormatError) -> Range<Int> {
        guard let place = try place(of: field) else { return 0..<0 }
        let start = try Self.follow(bytes, place)
        let count = Int(try Self.number(bytes, start, as: UInt32.self))
        guard count <= (bytes.count - start - 4) / size else {
            throw FormatError("a list at byte \(start) reaches past the end of the file; is it cut short?")
        }
        return start + 4..<start + 4 + count * size
    }

    /// Where a field lies, if the table has it.
    private func place(of field: Int) throws(FormatError) -> Int? {
        guard field < fieldCount else { return nil }
        let offset = Int(try Self.number(bytes, fields + 2 * field, as: UInt16.self))
        return offset == 0 ? nil : position + offset
    }

    /// Where an offset leads; it counts from its own place.
    fileprivate static func follow(_ bytes: [UInt8], _ place: Int) throws(FormatError) -> Int {
        place + Int(try number(bytes, place, as: UInt32.self))
    }

    fileprivate static func number<T: FixedWidthInteger>(
        _ bytes: [UInt8], _ place: Int, as: T.Type
    ) throws(FormatError) -> T {
        guard place >= 0, place <= bytes.count - MemoryLayout<T>.size else {
            throw FormatError("an offset leads out of the file, to byte \(place); is it cut short?")
        }
        return bytes.withUnsafeBytes { T(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: T.self)) }
    }
}

/// A list in a FlatBuffers file. Its items are read when they are asked for.
struct FlatVector<Item: FixedWidthInteger> {
    fileprivate let bytes: [UInt8]
    /// Where its bytes lie.
    let range: Range<Int>

    var count: Int { range.count / MemoryLayout<Item>.size }

    /// - Throws: ``FormatError`` if there is no such item.
    subscript(index: Int) -> Item {
        get throws(FormatError) {
            guard (0..<count).contains(index) else { throw FormatError("a list has no item \(index)") }
            return try FlatTable.number(bytes, range.lowerBound + index * MemoryLayout<Item>.size, as: Item.self)
        }
    }

    /// All items of a list that is not expected to be long.
    func items(atMost limit: Int) throws(FormatError) -> [Item] {
        guard count <= limit else { throw FormatError("a list of \(count), where there are at most \(limit)") }
        var items: [Item] = []
        for index in 0..<count { items.append(try self[index]) }
        return items
    }
}

extension FlatVector<UInt32> {
    /// The table that an item of the list leads to.
    func table(_ index: Int) throws(FormatError) -> FlatTable {
        guard (0..<count).contains(index) else { throw FormatError("a list has no item \(index)") }
        return try FlatTable(bytes, at: try FlatTable.follow(bytes, range.lowerBound + index * 4))
    }
}
