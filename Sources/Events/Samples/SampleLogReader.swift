import Basics
import FoundationEssentials
import Glibc

/// Reads a ``SampleLog`` from its beginning. To be used by one thread at a time.
package final class SampleLogReader {
    package let header: SampleLog.Header
    /// Number of samples that were read.
    package private(set) var count = 0
    /// Bytes up to the end of the last sample that was read.
    package private(set) var offset = 0
    /// Reason of the end of the recording, when it was reached; `nil` for a file that is not complete.
    package private(set) var end: EndReason?

    private let path: String
    private let file: ReadOnlyFile

    /// - Throws: ``FileError``.
    package init(_ path: String) throws(FileError) {
        self.path = path
        file = try ReadOnlyFile(path)
        let start = file.next(SampleLog.signature.count)
        guard let start, Array(start) == SampleLog.signature else {
            throw FileError(path: path, kind: .malformed, reason: "it is no file of samples")
        }
        guard let payload = Self.payload(file),
            let header = try? JSONDecoder().decode(SampleLog.Header.self, from: Data(payload))
        else {
            throw FileError(path: path, kind: .malformed, reason: "its header is corrupt")
        }
        guard header.labels.count <= SampleCoding.mostClasses, header.start.isFinite,
            (0...header.labels.count).contains(header.ownLabels)
        else {
            throw FileError(path: path, kind: .malformed, reason: "its header is corrupt")
        }
        self.header = header
        offset = file.position
    }

    /// Reads the next sample.
    ///
    /// - Returns: `nil` at the end, also at a torn one.
    /// - Throws: ``FileError`` for a sample that no version writes.
    package func next() throws(FileError) -> SampleRecord? {
        guard let payload = Self.payload(file) else { return nil }
        if payload.first == SampleLog.endTag {
            end = EndReason(rawValue: String(decoding: payload.dropFirst(), as: UTF8.self))
            return nil
        }
        do {
            let record = try SampleCoding.record(payload)
            try check(record)
            offset = file.position
            count += 1
            return record
        } catch {
            throw FileError(path: path, kind: .malformed, reason: "sample \(count + 1): \(error)")
        }
    }

    /// Checks that the samples are of the network of the header.
    private func check(_ record: SampleRecord) throws(FormatError) {
        switch record.output {
        case .scores(let scores):
            guard !header.detectsObjects, scores.count == header.labels.count else {
                throw FormatError("it has other classes than the header")
            }
        case .objects(let objects, _, let classifications):
            guard header.detectsObjects, objects.allSatisfy({ $0.label < header.labels.count }),
                classifications.allSatisfy({ $0.scores.count == header.classes?.count })
            else { throw FormatError("it has other classes than the header") }
        }
    }

    /// Returns the bytes of the next record; `nil` at the end, or if it is torn.
    private static func payload(_ file: ReadOnlyFile) -> ArraySlice<UInt8>? {
        guard let prefix = file.next(SampleLog.prefixSize) else { return nil }
        var reader = BinaryReader(prefix)
        guard let length = try? reader.bits(UInt32.self), let sum = try? reader.bits(UInt32.self),
            length <= SampleLog.longestRecord, let payload = file.next(Int(length)), CRC32.of(payload) == sum
        else { return nil }
        return payload
    }
}

/// File that is read from its beginning to its end in large chunks.
private final class ReadOnlyFile {
    private let descriptor: Int32
    private var buffer: ArraySlice<UInt8> = []
    /// Bytes that were returned so far.
    private(set) var position = 0

    private static let chunkSize = 1 << 18

    init(_ path: String) throws(FileError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw FileError(path: path, kind: .unreadable, reason: systemPhrase(errno))
        }
    }

    deinit { close(descriptor) }

    /// Returns the next bytes; `nil` if there are not as many.
    func next(_ count: Int) -> ArraySlice<UInt8>? {
        while buffer.count < count {
            let more = readChunk()
            guard !more.isEmpty else { return nil }
            buffer = buffer.isEmpty ? more : ArraySlice(buffer + more)
        }
        let bytes = buffer.prefix(count)
        buffer = buffer.dropFirst(count)
        position += count
        return bytes
    }

    private func readChunk() -> ArraySlice<UInt8> {
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.chunkSize) { chunk, count in
            var result = 0
            repeat { result = read(descriptor, chunk.baseAddress, Self.chunkSize) } while result < 0 && errno == EINTR
            count = max(0, result)
        }
        return bytes[...]
    }
}
