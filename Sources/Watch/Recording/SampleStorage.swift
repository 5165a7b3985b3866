import Basics
import Capture
import Events
import FoundationEssentials
import Glibc

/// Files in which the analysis of a recording stores its samples.
package struct SampleFiles: Equatable, Sendable {
    /// Path of the ``SampleLog``.
    package var samples: String
    /// Path of the checkpoint, which exists while the recording is not complete.
    package var checkpoint: String
    /// Seconds of the monotonic clock between two checkpoints.
    package var interval: Double

    package init(samples: String, checkpoint: String, interval: Double = 10) {
        self.samples = samples
        self.checkpoint = checkpoint
        self.interval = interval
    }
}

/// Point at which an interrupted analysis of a recording goes on.
struct RecordingCheckpoint: Codable, Sendable {
    /// Number of samples up to here.
    var count: Int
    /// Bytes of the sample file up to here.
    var size: Int
    var reader: ReaderState
}

/// State of the reader of a recording after a sample.
struct ReaderState: Codable, Sendable {
    /// Time stamp of the sample, in seconds.
    var media: Double
    /// Time of the sample from the first frame, in seconds.
    var position: Double
    /// Whether the time stamps have jumped, so that a seek would not find the place.
    var hasJumped: Bool
    var corruption: Corruption
    /// `nil` without crops.
    var planner: CropPlanner?
    var motion: MotionGate
}

/// Stores the samples of a recording with checkpoints, and takes those of an interrupted analysis.
///
/// To be used by one thread at a time.
final class SampleStorage {
    private let files: SampleFiles
    private let writer: SampleLogWriter

    /// Opens the sample file: goes on at its checkpoint if there is one, and otherwise begins a new file.
    ///
    /// - Parameters:
    ///   - header: of this analysis. A file with another one is replaced.
    ///   - replay: is called with each sample before the checkpoint.
    /// - Returns: the storage, and its checkpoint; `nil` for a new file.
    /// - Throws: ``FileError``.
    static func open(
        _ files: SampleFiles, _ header: SampleLog.Header, replay: (SampleRecord) -> Void
    ) throws -> (SampleStorage, RecordingCheckpoint?) {
        if let checkpoint = checkpoint(files), hasSamples(files, header, of: checkpoint) {
            let reader = try SampleLogReader(files.samples)
            while reader.count < checkpoint.count, let record = try reader.next() { replay(record) }
            let writer = try SampleLogWriter.resume(files.samples, count: checkpoint.count, size: checkpoint.size)
            return (SampleStorage(files, writer), checkpoint)
        }
        unlink(files.checkpoint)
        return (SampleStorage(files, try SampleLogWriter.create(files.samples, header)), nil)
    }

    private init(_ files: SampleFiles, _ writer: SampleLogWriter) {
        self.files = files
        self.writer = writer
    }

    private static let largestCheckpoint = 64 << 20

    private static func checkpoint(_ files: SampleFiles) -> RecordingCheckpoint? {
        guard access(files.checkpoint, F_OK) == 0,
            let bytes = try? Files.read(files.checkpoint, atMost: largestCheckpoint)
        else { return nil }
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .usual
        return try? decoder.decode(RecordingCheckpoint.self, from: Data(bytes))
    }

    /// Whether the sample file has all samples of a checkpoint.
    private static func hasSamples(
        _ files: SampleFiles, _ header: SampleLog.Header, of checkpoint: RecordingCheckpoint
    ) -> Bool {
        guard let reader = try? SampleLogReader(files.samples), reader.header == header else { return false }
        while reader.count < checkpoint.count {
            guard (try? reader.next()) != nil else { return false }
        }
        return reader.offset == checkpoint.size
    }

    func add(_ record: SampleRecord) throws(FileError) { try writer.add(record) }

    /// Writes all samples to the disk, then replaces the checkpoint.
    ///
    /// - Throws: ``FileError``.
    func save(_ reader: ReaderState) throws(FileError) {
        try writer.flush(isDurable: true)
        let checkpoint = RecordingCheckpoint(count: writer.count, size: writer.size, reader: reader)
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .usual
        do {
            let bytes = Array(try encoder.encode(checkpoint))
            try AtomicFile(path: files.checkpoint).replace(
                with: [bytes], permissions: .masked(0o644), isDurable: true)
        } catch {
            throw FileError(path: files.checkpoint, kind: .unwritable, reason: "cannot be written: \(error)")
        }
    }

    /// Ends the file. An interrupted analysis keeps its checkpoint.
    ///
    /// - Throws: ``FileError``.
    func finish(_ reason: EndReason) throws(FileError) {
        guard reason != .shutdown else { return try writer.flush() }
        try writer.finish(reason)
        unlink(files.checkpoint)
    }
}

extension JSONEncoder.NonConformingFloatEncodingStrategy {
    fileprivate static let usual = Self.convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
}

extension JSONDecoder.NonConformingFloatDecodingStrategy {
    fileprivate static let usual = Self.convertFromString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
}
