/// Table of a FlatBuffers file: fields by index, each of which may be missing.
///
/// Every offset is checked when it is followed, so that no file causes a read outside of its bytes.
/// "FlatBuffer Internals", <https://flatbuffers.dev/internals/>.
struct FlatTable {
    let bytes: [UInt8]
    /// Byte offset of the table.
    let position: Int
    /// Byte offset of the list of the fields' offsets.
    private let fields: Int
    private let fieldCount: Int

    /// Returns the root table of a file.
    ///
    /// - Throws: ``FormatError`` if the file is malformed or truncated, as do all readers of fields.
    static func root(of bytes: [UInt8]) throws(FormatError) -> FlatTable {
        try FlatTable(bytes, at: try follow(bytes, 0))
    }

    init(_ bytes: [UInt8], at position: Int) throws(FormatError) {
        let back = Int(try Self.number(bytes, position, as: Int32.self))
        let table = position - back
        let size = Int(try Self.number(bytes, table, as: UInt16.self))
        guard size >= 4, size.isMultiple(of: 2), table + size <= bytes.count else {
            throw FormatError("a table at byte \(position) is corrupt")
        }
        self.bytes = bytes
        self.position = position
        fields = table + 4
        fieldCount = (size - 4) / 2
    }

    /// Returns an integer field, or the schema's default if the field is missing.
    func number<T: FixedWidthInteger>(_ field: Int, default missing: T) throws(FormatError) -> T {
        guard let place = try place(of: field) else { return missing }
        return try Self.number(bytes, place, as: T.self)
    }

    func float(_ field: Int, default missing: Float) throws(FormatError) -> Float {
        Float(bitPattern: try number(field, default: missing.bitPattern))
    }

    func table(_ field: Int) throws(FormatError) -> FlatTable? {
        guard let place = try place(of: field) else { return nil }
        return try FlatTable(bytes, at: try Self.follow(bytes, place))
    }

    /// Returns a vector of integers; empty if the field is missing.
    func vector<T: FixedWidthInteger>(_ field: Int, of: T.Type) throws(FormatError) -> FlatVector<T> {
        FlatVector(bytes: bytes, range: try byteRange(field, size: MemoryLayout<T>.size))
    }

    /// Returns a vector of tables; empty if the field is missing.
    func tables(_ field: Int) throws(FormatError) -> FlatVector<UInt32> { try vector(field, of: UInt32.self) }

    /// Returns a string; empty if the field is missing or is not UTF-8.
    ///
    /// - Parameters:
    ///   - field: index of the field.
    ///   - limit: bytes after which the string is cut off, because many tables may refer to one long string.
    func text(_ field: Int, atMost limit: Int = 1024) throws(FormatError) -> String {
        var range = try byteRange(field, size: 1)
        if range.count > limit { range = range.lowerBound..<range.lowerBound + limit }
        return String(validating: bytes[range], as: UTF8.self) ?? ""
    }

    /// Returns the byte range of a vector's elements; empty if the field is missing.
    ///
    /// - Parameter size: bytes of an element.
    func byteRange(_ field: Int, size: Int) throws(FormatError) -> Range<Int> {
        guard let place = try place(of: field) else { return 0..<0 }
        let start = try Self.follow(bytes, place)
        let count = Int(try Self.number(bytes, start, as: UInt32.self))
        guard count <= (bytes.count - start - 4) / size else {
            throw FormatError("a list at byte \(start) reaches past the end of the file; is it cut short?")
        }
        return start + 4..<start + 4 + count * size
    }

    /// Returns the byte offset of a field; `nil` if the field is missing.
    private func place(of field: Int) throws(FormatError) -> Int? {
        guard field < fieldCount else { return nil }
        let offset = Int(try Self.number(bytes, fields + 2 * field, as: UInt16.self))
        return offset == 0 ? nil : position + offset
    }

    /// Follows an offset, which is relative to its own position.
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

/// Vector in a FlatBuffers file. Its items are read on demand.
struct FlatVector<Item: FixedWidthInteger> {
    fileprivate let bytes: [UInt8]
    /// Byte range of the items.
    let range: Range<Int>

    var count: Int { range.count / MemoryLayout<Item>.size }

    /// - Throws: ``FormatError`` if the index is out of range.
    subscript(index: Int) -> Item {
        get throws(FormatError) {
            guard (0..<count).contains(index) else { throw FormatError("a list has no item \(index)") }
            return try FlatTable.number(bytes, range.lowerBound + index * MemoryLayout<Item>.size, as: Item.self)
        }
    }

    /// Returns all items.
    ///
    /// - Throws: ``FormatError`` if there are more than `limit`.
    func items(atMost limit: Int) throws(FormatError) -> [Item] {
        guard count <= limit else { throw FormatError("a list of \(count) items; at most \(limit) are supported") }
        var items: [Item] = []
        for index in 0..<count { items.append(try self[index]) }
        return items
    }
}

extension FlatVector<UInt32> {
    /// Returns the table that an item refers to.
    func table(_ index: Int) throws(FormatError) -> FlatTable {
        guard (0..<count).contains(index) else { throw FormatError("a list has no item \(index)") }
        return try FlatTable(bytes, at: try FlatTable.follow(bytes, range.lowerBound + index * 4))
    }
}
