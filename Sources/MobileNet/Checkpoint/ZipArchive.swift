/// Directory of a zip file with uncompressed members, as PyTorch writes them.
///
/// PKWARE, ".ZIP File Format Specification" (APPNOTE.TXT), sections 4.3.7 to 4.3.16 and 4.5.3.
struct ZipArchive {
    /// Byte range in the file of each member.
    private(set) var members: [String: Range<Int>] = [:]

    private static let mostMembers = 1 << 16
    private static let localHeader: UInt32 = 0x0403_4B50
    private static let directoryEntry: UInt32 = 0x0201_4B50
    private static let directoryEnd: UInt32 = 0x0605_4B50
    private static let directoryEnd64: UInt32 = 0x0606_4B50
    private static let directoryLocator64: UInt32 = 0x0706_4B50
    /// Placeholder for a value that is in the 64-bit fields.
    private static let elsewhere = Int(UInt32.max)

    /// Whether the bytes start with the signature of a zip file.
    static func recognizes(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) }

    /// - Throws: ``FormatError`` if the file is malformed or truncated, or a member is compressed or encrypted.
    init(_ bytes: [UInt8]) throws(FormatError) {
        var reader = ByteReader(bytes)
        var (count, start) = try Self.directory(&reader)
        try reader.seek(to: start)
        guard count <= Self.mostMembers else {
            throw FormatError("a zip file with \(count) members, more than any checkpoint has")
        }
        while count > 0 {
            let member = try Self.entry(&reader)
            members[member.name] = try Self.contents(of: member, in: bytes)
            count -= 1
        }
    }

    private struct Entry {
        var name: String
        var isEncrypted: Bool
        var compression: UInt16
        var size: Int
        var header: Int
    }

    /// Finds the end record of the directory. Returns the number of entries and the byte offset of the first.
    private static func directory(_ reader: inout ByteReader) throws(FormatError) -> (count: Int, start: Int) {
        let bytes = reader.bytes
        let recordSize = 22
        let longestComment = 0xFFFF
        var at = bytes.count - recordSize
        while at >= max(0, bytes.count - recordSize - longestComment) {
            try reader.seek(to: at)
            if try reader.integer(UInt32.self) == directoryEnd { break }
            at -= 1
        }
        guard at >= 0, at >= bytes.count - recordSize - longestComment else {
            throw FormatError("the zip file's directory is missing; is the file cut short?")
        }
        try reader.seek(to: at + 10)
        let count = Int(try reader.integer(UInt16.self))
        _ = try reader.take(4)
        let start = try reader.count(UInt32.self)
        guard count == 0xFFFF || start == elsewhere, at >= 20 else { return (count, start) }
        return try directory64(&reader, locator: at - 20) ?? (count, start)
    }

    /// Reads the same from the 64-bit records; `nil` if the file has none.
    private static func directory64(
        _ reader: inout ByteReader, locator: Int
    ) throws(FormatError) -> (count: Int, start: Int)? {
        try reader.seek(to: locator)
        guard try reader.integer(UInt32.self) == directoryLocator64 else { return nil }
        _ = try reader.take(4)
        try reader.seek(to: try reader.count(UInt64.self))
        guard try reader.integer(UInt32.self) == directoryEnd64 else { return nil }
        _ = try reader.take(28)
        let count = try reader.count(UInt64.self)
        _ = try reader.take(8)
        return (count, try reader.count(UInt64.self))
    }

    private static func entry(_ reader: inout ByteReader) throws(FormatError) -> Entry {
        guard try reader.integer(UInt32.self) == directoryEntry else {
            throw FormatError("the zip file's directory is corrupt")
        }
        _ = try reader.take(4)
        let flags = try reader.integer(UInt16.self)
        let compression = try reader.integer(UInt16.self)
        _ = try reader.take(8)
        let compressedSize = try reader.count(UInt32.self)
        var size = try reader.count(UInt32.self)
        let nameLength = Int(try reader.integer(UInt16.self))
        let extraLength = Int(try reader.integer(UInt16.self))
        let commentLength = Int(try reader.integer(UInt16.self))
        _ = try reader.take(8)
        var header = try reader.count(UInt32.self)
        let name = try reader.string(nameLength)
        let extra = try reader.take(extraLength)
        _ = try reader.take(commentLength)
        let fields = ByteReader(reader.bytes, from: extra.lowerBound, to: extra.upperBound)
        try read64(fields, size: &size, compressedSize: compressedSize, header: &header)
        return Entry(name: name, isEncrypted: flags & 1 != 0, compression: compression, size: size, header: header)
    }

    /// Reads the 64-bit fields of an entry: size, compressed size and offset of the header. Each is present only if it
    /// does not fit in 32 bits.
    private static func read64(
        _ extra: ByteReader, size: inout Int, compressedSize: Int, header: inout Int
    ) throws(FormatError) {
        var extra = extra
        while extra.remaining >= 4 {
            let kind = try extra.integer(UInt16.self)
            let field = try extra.take(Int(try extra.integer(UInt16.self)))
            guard kind == 1 else { continue }
            var values = ByteReader(extra.bytes, from: field.lowerBound, to: field.upperBound)
            if size == elsewhere { size = try values.count(UInt64.self) }
            if compressedSize == elsewhere { _ = try values.take(8) }
            if header == elsewhere { header = try values.count(UInt64.self) }
        }
    }

    /// Returns the byte range of a member's contents. They follow its local header, whose length may differ from that
    /// of the directory entry.
    private static func contents(of entry: Entry, in bytes: [UInt8]) throws(FormatError) -> Range<Int> {
        guard !entry.isEncrypted else { throw FormatError("\"\(shortened(entry.name))\" is encrypted") }
        guard entry.compression == 0 else {
            throw FormatError(
                "\"\(shortened(entry.name))\" is compressed; PyTorch does not compress, so this is no checkpoint")
        }
        var reader = ByteReader(bytes)
        try reader.seek(to: entry.header)
        guard try reader.integer(UInt32.self) == localHeader else {
            throw FormatError("\"\(shortened(entry.name))\" is corrupt")
        }
        _ = try reader.take(22)
        let name = Int(try reader.integer(UInt16.self))
        let extra = Int(try reader.integer(UInt16.self))
        _ = try reader.take(name + extra)
        return try reader.take(entry.size)
    }
}
