import Basics
import Capture
import FoundationEssentials
import GRDB
import Glibc
import Watch

/// Row of the manifest: a recording, and the result of its analysis.
package struct RecordingEntry: Codable, Equatable, Sendable, FetchableRecord, MutablePersistableRecord {
    package static let databaseTableName = "recording"

    /// State of a recording's analysis.
    package enum State: String, Codable, Sendable {
        /// It has begun, and is not complete.
        case running
        /// All of it was read.
        case done
        /// Some of it could not be read.
        case corrupt
        /// Nothing of it could be read.
        case failed
        /// It lies outside of the time that was asked for.
        case outside
    }

    package var id: Int64?
    /// Absolute path.
    package var path: String
    /// Name of the source in events: the path as it was given.
    package var source: String
    /// Name of its files in the project folder.
    package var name: String
    /// Size in bytes.
    package var size: Int
    /// Modification time, in milliseconds since 1970.
    package var modified: Int64
    /// Digest of its contents (see ``RecordingFile``).
    package var digest: String
    /// Fingerprint of the settings.
    package var settings: String
    package var state: State
    /// Failure, or a description of what could not be read.
    package var message: String?
    /// Wall-clock time of the time stamp 0, in milliseconds since 1970 in UTC.
    package var epoch: Int64?
    /// Origin of that time.
    package var clock: String?
    /// Time stamp of the first frame, in seconds.
    package var start: Double?
    /// Seconds that were analysed.
    package var length: Double?
    package var samples: Int?
    /// Events that started.
    package var events: Int?
    /// Corrupt segments, as JSON; `nil` if there are none.
    package var corruption: String?
    /// Seconds that the analysis took.
    package var seconds: Double?
    /// Time at which it was complete, in milliseconds since 1970.
    package var finished: Int64?

    package init(_ file: RecordingFile, settings: String) {
        path = file.path
        source = file.source
        name = ProjectFolder.name(of: file.path)
        size = file.size
        modified = file.modified
        digest = file.digest
        self.settings = settings
        state = .running
    }

    package mutating func didInsert(_ inserted: InsertionSuccess) { id = inserted.rowID }

    /// Whether this is a row about a file with the same contents and settings.
    package func isAbout(_ file: RecordingFile, settings: String) -> Bool {
        size == file.size && digest == file.digest && self.settings == settings
    }

    /// Adds the result of the analysis.
    mutating func note(_ summary: RecordingAnalysis.Summary, message: String?) {
        state = summary.isOutside ? .outside : summary.corruption.isEmpty ? .done : .corrupt
        self.message = message
        epoch = summary.clock.epoch.milliseconds
        clock = summary.clock.origin.rawValue
        start = summary.start
        length = summary.length
        samples = summary.samples
        events = summary.events
        guard !summary.corruption.isEmpty, let json = try? JSONEncoder().encode(summary.corruption) else { return }
        corruption = String(decoding: json, as: UTF8.self)
    }

    /// Corrupt segments.
    package var corruptSegments: Corruption? {
        corruption.flatMap { try? JSONDecoder().decode(Corruption.self, from: Data($0.utf8)) }
    }
}

/// File of a recording, with what tells it from others.
package struct RecordingFile: Equatable, Sendable {
    /// Path as it was given.
    package let source: String
    /// Absolute path.
    package let path: String
    /// Size in bytes.
    package let size: Int
    /// Modification time, in milliseconds since 1970.
    package let modified: Int64
    /// SHA-256 of the size, and of the first and last 64 KiB: recordings are too large to be read twice.
    package let digest: String

    private static let sampleSize = 1 << 16

    /// - Throws: ``FileError``.
    package init(_ source: String) throws(FileError) {
        self.source = source
        func failure() -> FileError { FileError(path: source, kind: .unreadable, reason: systemPhrase(errno)) }
        let descriptor = open(source, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure() }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileError(path: source, kind: .unreadable, reason: "it is no file")
        }
        path = Self.absolute(source)
        size = Int(status.st_size)
        modified = Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec) / 1_000_000
        var bytes = Array("\(size)\n".utf8)
        bytes += readBytes(descriptor, at: 0, count: min(size, Self.sampleSize))
        bytes += readBytes(descriptor, at: max(0, size - Self.sampleSize), count: min(size, Self.sampleSize))
        digest = Checksum.of(bytes)
    }

    /// Returns the absolute path, without symbolic links; the path itself if there is no such file.
    static func absolute(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    /// Returns the shard of the recording, 0..<`count`: it depends on the contents alone.
    package func shard(of count: Int) -> Int {
        Int((UInt64(digest.prefix(15), radix: 16) ?? 0) % UInt64(max(1, count)))
    }
}
