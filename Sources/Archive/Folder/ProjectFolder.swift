import Basics
import Events
import Glibc
import Watch

/// Folder with the results of an archive of recordings: a manifest, and one file of events and one of samples for each
/// recording.
///
///     manifest.sqlite            what was analysed, with which settings, and what came of it
///     recordings/NAME.events.jsonl
///     recordings/NAME.samples
///     recordings/NAME.checkpoint   while NAME is being analysed, or after an interruption
///
/// One process at a time may write to it; others may read it.
package final class ProjectFolder: Sendable {
    /// Path of the folder.
    package let path: String
    package let manifest: Manifest
    /// `nil` if the folder was opened for reading.
    private let lock: OwnerLock?

    private init(path: String, manifest: Manifest, lock: OwnerLock?) {
        (self.path, self.manifest, self.lock) = (path, manifest, lock)
    }

    private static func manifestPath(_ folder: String) -> String { folder + "/manifest.sqlite" }

    /// Opens a folder for an analysis, and creates it if it does not exist.
    ///
    /// - Throws: ``FileError``; ``OwnerLock/Failure`` if another process analyses into it.
    package static func create(_ path: String) throws -> ProjectFolder {
        let path = trimmed(path)
        for folder in [path, path + "/recordings"] where mkdir(folder, 0o755) != 0 && errno != EEXIST {
            throw FileError(path: folder, kind: .unwritable, reason: "cannot be created: \(systemPhrase(errno))")
        }
        if access(manifestPath(path), F_OK) != 0, let stranger = strangers(in: path) {
            throw FileError(
                path: path, kind: .unwritable,
                reason: "it is no project folder, and has other files (\(stranger)); name a new or an empty folder")
        }
        let lock = try OwnerLock.folder(path)
        return ProjectFolder(path: path, manifest: try Manifest.create(manifestPath(path)), lock: lock)
    }

    /// Opens a folder for reading.
    ///
    /// - Throws: ``FileError``.
    package static func open(_ path: String) throws -> ProjectFolder {
        let path = trimmed(path)
        guard access(manifestPath(path), F_OK) == 0 else {
            throw FileError(
                path: path, kind: .unreadable,
                reason: access(path, F_OK) == 0
                    ? "it is no project folder: `lookout analyze --into \(path) …` makes one" : systemPhrase(errno))
        }
        return ProjectFolder(path: path, manifest: try Manifest.open(manifestPath(path)), lock: nil)
    }

    /// Whether there is a project folder at a path.
    package static func exists(at path: String) -> Bool { access(manifestPath(trimmed(path)), F_OK) == 0 }

    private static func trimmed(_ path: String) -> String {
        path.count > 1 && path.hasSuffix("/") ? trimmed(String(path.dropLast())) : path
    }

    /// Returns the name of a file that does not belong into an empty folder; `nil` if there is none.
    private static func strangers(in folder: String) -> String? {
        let own: Set<String> = [".", "..", "recordings", "lock"]
        return Folder.entries(folder).sorted().first { !own.contains($0) }
    }

    // MARK: - Files of a recording

    package func events(of name: String) -> String { "\(path)/recordings/\(name).events.jsonl" }

    package func samples(of name: String) -> String { "\(path)/recordings/\(name).samples" }

    package func checkpoint(of name: String) -> String { "\(path)/recordings/\(name).checkpoint" }

    /// Events of an analysis that is not complete.
    package func draft(of name: String) -> String { "\(path)/recordings/\(name).events.partial" }

    /// Replaces the events of a recording with its draft.
    ///
    /// - Throws: ``FileError``.
    func publishEvents(of name: String) throws(FileError) {
        guard rename(draft(of: name), events(of: name)) == 0 else {
            throw FileError(
                path: events(of: name), kind: .unwritable, reason: "cannot be written: \(systemPhrase(errno))")
        }
    }

    /// Replaces the events of a recording and its settings. A recording that has changed since its analysis is analyzed again
    /// by the next run, as before.
    ///
    /// - Parameters:
    ///   - entry: row of the manifest.
    ///   - settings: settings by which the new events are made.
    ///   - write: writes the events, and returns how many have started.
    /// - Throws: ``FileError``, ``LineSink/Failure``, and what `write` throws. Then the old events stay.
    package func replaceEvents(
        of entry: RecordingEntry, by settings: ArchiveSettings, _ write: (RecordingSinks) throws -> Int
    ) throws {
        let sink = try LineSink.file(draft(of: entry.name))
        sink.empty()
        let sinks = RecordingSinks(events: sink, samples: nil)
        var entry = entry
        entry.events = try write(sinks)
        try sinks.flush()
        entry.settings = settings.fingerprint
        try manifest.save(settings)
        try publishEvents(of: entry.name)
        try manifest.save(entry)
    }

    /// Removes all files of a recording.
    package func removeFiles(of name: String) {
        for file in [events(of: name), samples(of: name), checkpoint(of: name), draft(of: name)] { unlink(file) }
    }

    /// Longest part of a file's name that is kept, in characters.
    private static let longestName = 80

    /// Returns the name of a recording's files: the name of the recording, and digits that make it unique.
    ///
    /// - Parameter path: absolute path of the recording.
    package static func name(of path: String) -> String {
        let name = Folder.split(path).name
        let dot = name.lastIndex(of: ".") ?? name.endIndex
        let stem = (dot == name.startIndex ? name : String(name[..<dot])).prefix(longestName)
        let safe = String(stem.unicodeScalars.map { $0.isPrintable && $0 != " " ? Character($0) : "_" })
        return (safe.hasPrefix(".") ? "_" : "") + safe + "-" + Checksum.of(Array(path.utf8)).prefix(8)
    }
}
