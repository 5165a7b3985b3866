import Basics
import FoundationEssentials
import Glibc
import SystemPackage

/// File of the samples of a recording: what events were made of. It can be read while it is written, and after a crash up to
/// the last complete sample.
///
/// The file begins with ``SampleLog/signature``. Records follow: their length and their CRC-32 (four bytes each,
/// little-endian), then their bytes. The first record is the ``Header`` as JSON; the others are samples (see
/// `SampleCoding`).
package enum SampleLog {
    static let signature = Array("LOOKOUT SAMPLES 1\n".utf8)
    /// Longest record, in bytes: a sample with a thousand scores has six thousand.
    static let longestRecord = 64 << 20
    /// Bytes before each record: length and checksum.
    static let prefixSize = 8

    /// First byte of the record that ends a file; the reason follows.
    static let endTag: UInt8 = 0xFF

    /// Facts about the recording and its analysis, which events need besides the samples.
    package struct Header: Codable, Equatable, Sendable {
        /// Name of the source in events: the path of the recording.
        package var source: String
        /// Wall-clock time at which the time stamps were 0, in milliseconds since 1970 in UTC.
        package var epoch: Int64
        /// Origin of that time.
        package var clock: String
        /// Time stamp of the first frame, in seconds.
        package var start: Double
        /// Name of the network in events.
        package var model: String
        /// Labels of the network that inspected frames.
        package var labels: [String]
        /// Number of those labels that the network itself gives; the others come from the second stage.
        package var ownLabels: Int
        /// Whether the network detects objects.
        package var detectsObjects: Bool
        /// Labels of the classifier of the second stage; `nil` without one.
        package var classes: [String]?

        package init(
            source: String, epoch: Timestamp, clock: String, start: Double, model: String, labels: [String],
            ownLabels: Int? = nil, detectsObjects: Bool, classes: [String]?
        ) {
            self.source = source
            self.epoch = epoch.milliseconds
            self.clock = clock
            self.start = start
            self.model = model
            self.labels = labels
            self.ownLabels = ownLabels ?? labels.count
            self.detectsObjects = detectsObjects
            self.classes = classes
        }
    }

    static func encoded(_ header: Header) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(header))
    }

    /// Returns a record with its length and checksum.
    static func framed(_ payload: [UInt8]) -> [UInt8] {
        var writer = BinaryWriter()
        writer.addBits(UInt32(payload.count))
        writer.addBits(CRC32.of(payload))
        writer.add(contentsOf: payload)
        return writer.bytes
    }
}

/// Appends samples to a ``SampleLog``. To be used by one thread at a time.
package final class SampleLogWriter {
    private let path: String
    private let file: FileDescriptor
    private var buffer: [UInt8] = []
    /// Number of samples in the file.
    package private(set) var count: Int
    /// Bytes in the file and in the buffer.
    package private(set) var size: Int

    private static let bufferSize = 1 << 16

    deinit { try? file.close() }

    private init(path: String, options: FileDescriptor.OpenOptions, count: Int, size: Int) throws(FileError) {
        self.path = path
        self.count = count
        self.size = size
        do {
            file = try FileDescriptor.open(
                FilePath(path), .writeOnly, options: options.union([.create, .closeOnExec]),
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try file.resize(to: Int64(size))
            try file.seek(offset: 0, from: .end)
        } catch { throw Self.error(path, error) }
    }

    /// Creates or replaces a file.
    ///
    /// - Throws: ``FileError``.
    package static func create(_ path: String, _ header: SampleLog.Header) throws -> SampleLogWriter {
        let writer = try SampleLogWriter(path: path, options: .truncate, count: 0, size: 0)
        writer.append(SampleLog.signature)
        writer.append(SampleLog.framed(try SampleLog.encoded(header)))
        try writer.flush()
        return writer
    }

    /// Opens a file to append to its first samples. The others are removed.
    ///
    /// - Parameters:
    ///   - count: number of samples that stay.
    ///   - size: bytes of the file up to there.
    /// - Throws: ``FileError``.
    package static func resume(_ path: String, count: Int, size: Int) throws(FileError) -> SampleLogWriter {
        try SampleLogWriter(path: path, options: [], count: count, size: size)
    }

    /// Appends a sample.
    ///
    /// - Throws: ``FileError``.
    package func add(_ record: SampleRecord) throws(FileError) {
        append(SampleLog.framed(SampleCoding.bytes(record)))
        count += 1
        if buffer.count >= Self.bufferSize { try flush() }
    }

    private func append(_ bytes: [UInt8]) {
        buffer += bytes
        size += bytes.count
    }

    /// Appends the end of the recording, and writes everything to the disk.
    ///
    /// - Throws: ``FileError``.
    package func finish(_ reason: EndReason) throws(FileError) {
        append(SampleLog.framed([SampleLog.endTag] + Array(reason.rawValue.utf8)))
        try flush(isDurable: true)
    }

    /// Writes the buffer to the file.
    ///
    /// - Parameter isDurable: whether to sync the file, so that a power failure cannot undo it.
    /// - Throws: ``FileError``.
    package func flush(isDurable: Bool = false) throws(FileError) {
        do {
            try writeAll(buffer, to: file.rawValue)
            buffer.removeAll(keepingCapacity: true)
            if isDurable, fdatasync(file.rawValue) != 0 { throw Errno(rawValue: errno) }
        } catch { throw Self.error(path, (error as? PartialWrite)?.error ?? error) }
    }

    private static func error(_ path: String, _ error: any Error) -> FileError {
        let reason = (error as? Errno).map { systemPhrase($0.rawValue) } ?? "\(error)"
        return FileError(path: path, kind: .unwritable, reason: "cannot be written: \(reason)")
    }
}
