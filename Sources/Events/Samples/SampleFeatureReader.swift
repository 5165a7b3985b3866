import Basics
import Glibc

/// Reads the feature vectors of a ``SampleLog``, and nothing else: millions of them are searched in a second.
///
/// It does not verify checksums, which would take longer than the search; ``isIntact(at:)`` does it for what was found. Its
/// functions may be called from any thread.
package final class SampleFeatureReader: Sendable {
    /// Stored feature vector. It is valid during the call that receives it.
    package struct Entry {
        /// Seconds by the time stamps of the recording.
        package let media: Double
        /// Offset of the sample in the file, in bytes.
        package let offset: Int
        /// Place of the image; `nil` for the whole frame.
        package let box: BoundingBox?
        /// See ``SampleFeature/scale``.
        package let scale: Float
        /// See ``SampleFeature/values``.
        package let values: UnsafeBufferPointer<Int8>
    }

    package let header: SampleLog.Header
    private let descriptor: Int32
    /// Offset of the first sample.
    private let start: Int

    /// Bytes that are read at once.
    private static let chunkSize = 1 << 20

    /// - Throws: ``FileError``.
    package init(_ path: String) throws(FileError) {
        let log = try SampleLogReader(path)
        header = log.header
        start = log.offset
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError(path: path, kind: .unreadable, reason: systemPhrase(errno)) }
    }

    deinit { close(descriptor) }

    /// Passes all vectors to a closure, up to the end of the file or to a record that is torn.
    package func forEach(_ body: (Entry) -> Void) {
        var offset = start
        var size = Self.chunkSize
        while true {
            let chunk = readBytes(descriptor, at: offset, count: size)
            let (used, next) = chunk.withUnsafeBytes { Self.records(in: $0, at: offset, body) }
            guard used > 0 || (next > size && chunk.count == size) else { return }
            offset += used
            size = max(Self.chunkSize, next)
        }
    }

    /// Verifies the checksum of a sample.
    ///
    /// - Parameter offset: see ``Entry/offset``.
    package func isIntact(at offset: Int) -> Bool {
        var prefix = BinaryReader(readBytes(descriptor, at: offset, count: SampleLog.prefixSize)[...])
        guard let length = try? prefix.bits(UInt32.self), let sum = try? prefix.bits(UInt32.self),
            length <= SampleLog.longestRecord
        else { return false }
        let payload = readBytes(descriptor, at: offset + SampleLog.prefixSize, count: Int(length))
        return payload.count == Int(length) && CRC32.of(payload) == sum
    }

    // MARK: - Records

    /// Walks the complete records of a chunk.
    ///
    /// - Returns: bytes of the complete records, and the number of bytes that the next one needs; 0 if it is not known.
    private static func records(
        in chunk: UnsafeRawBufferPointer, at start: Int, _ body: (Entry) -> Void
    ) -> (used: Int, next: Int) {
        var position = 0
        while position + SampleLog.prefixSize <= chunk.count {
            let length = Int(UInt32(littleEndian: chunk.loadUnaligned(fromByteOffset: position, as: UInt32.self)))
            guard length <= SampleLog.longestRecord else { return (position, 0) }
            let end = position + SampleLog.prefixSize + length
            guard end <= chunk.count else { return (position, end - position) }
            let payload = UnsafeRawBufferPointer(rebasing: chunk[(position + SampleLog.prefixSize)..<end])
            sections(of: payload, at: start + position, body)
            position = end
        }
        return (position, 0)
    }

    /// Walks the sections of a sample. A corrupt one ends it.
    private static func sections(of payload: UnsafeRawBufferPointer, at offset: Int, _ body: (Entry) -> Void) {
        var media = 0.0
        var position = 0
        while position < payload.count {
            let tag = payload[position]
            position += 1
            guard let length = length(in: payload, &position), length <= payload.count - position else { return }
            let section = UnsafeRawBufferPointer(rebasing: payload[position..<position + length])
            position += length
            if tag == SampleCoding.Tag.time, length >= 8 {
                media = Double(bitPattern: UInt64(littleEndian: section.loadUnaligned(as: UInt64.self)))
            } else if tag == SampleCoding.Tag.feature, let entry = entry(section, media: media, offset: offset) {
                body(entry)
            }
        }
    }

    /// Reads a varint.
    private static func length(in bytes: UnsafeRawBufferPointer, _ position: inout Int) -> Int? {
        var value = 0
        for shift in stride(from: 0, to: 28, by: 7) where position < bytes.count {
            let byte = bytes[position]
            position += 1
            value |= Int(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }

    private static func entry(_ section: UnsafeRawBufferPointer, media: Double, offset: Int) -> Entry? {
        let start = 1 + (section.first == 0 ? 0 : 8) + 4
        guard section.count >= start, media.isFinite else { return nil }
        var box: BoundingBox?
        if section[0] != 0 {
            box = SampleFeature.box { place in
                UInt16(littleEndian: section.loadUnaligned(fromByteOffset: 1 + 2 * place, as: UInt16.self))
            }
        }
        let bits = UInt32(littleEndian: section.loadUnaligned(fromByteOffset: start - 4, as: UInt32.self))
        let values = UnsafeRawBufferPointer(rebasing: section[start...]).assumingMemoryBound(to: Int8.self)
        return Entry(
            media: media, offset: offset, box: box, scale: Float(bitPattern: bits),
            values: values)
    }
}
