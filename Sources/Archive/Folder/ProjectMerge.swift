import Basics
import Glibc

/// Joins project folders of several machines into one.
package struct ProjectMerge {
    /// Result of a merge.
    package struct Summary: Equatable, Sendable {
        /// Recordings that were added.
        package var added = 0
        /// Recordings that were there before, with the same contents and settings.
        package var known = 0
        /// Recordings whose analysis is not complete.
        package var incomplete = 0

        package init() {}
    }

    private let target: ProjectFolder

    /// - Parameter target: opened for writing.
    package init(into target: ProjectFolder) { self.target = target }

    /// Adds the recordings of a folder. Files are copied, and the folder is not changed.
    ///
    /// A recording that is in both is replaced only if the other analysis is complete and its own is not, or if it has other
    /// contents or settings.
    ///
    /// - Throws: ``FileError``.
    package func add(_ source: ProjectFolder) throws(FileError) -> Summary {
        var summary = Summary()
        var settings: Set<String> = []
        for entry in try source.manifest.entries() {
            guard entry.state != .running else {
                summary.incomplete += 1
                continue
            }
            if settings.insert(entry.settings).inserted, let description = try source.manifest.settings(entry.settings)
            {
                try target.manifest.save(ArchiveSettings(description: description))
            }
            if try add(entry, from: source) { summary.added += 1 } else { summary.known += 1 }
        }
        return summary
    }

    /// - Returns: whether the recording was added.
    private func add(_ entry: RecordingEntry, from source: ProjectFolder) throws(FileError) -> Bool {
        let known = try target.manifest.entry(of: entry.path)
        let isSame = known.map { $0.digest == entry.digest && $0.size == entry.size && $0.settings == entry.settings }
        if isSame == true, let known, known.state != .running, known.state != .failed || entry.state == .failed {
            return false
        }
        var entry = entry
        entry.id = known?.id
        target.removeFiles(of: entry.name)
        if entry.state == .done || entry.state == .corrupt {
            try copy(source.samples(of: entry.name), to: target.samples(of: entry.name))
            try copy(source.events(of: entry.name), to: target.events(of: entry.name))
        }
        try target.manifest.save(entry)
        return true
    }

    private static let bufferSize = 1 << 20

    private func copy(_ path: String, to other: String) throws(FileError) {
        let input = open(path, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw FileError(path: path, kind: .unreadable, reason: systemPhrase(errno)) }
        defer { close(input) }
        let output = open(other, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard output >= 0 else { throw Self.unwritable(other, errno) }
        defer { close(output) }
        var offset = 0
        while case let bytes = readBytes(input, at: offset, count: Self.bufferSize), !bytes.isEmpty {
            do { try writeAll(bytes, to: output) } catch { throw Self.unwritable(other, error.error.rawValue) }
            offset += bytes.count
        }
        guard fsync(output) == 0 else { throw Self.unwritable(other, errno) }
    }

    private static func unwritable(_ path: String, _ error: Int32) -> FileError {
        FileError(path: path, kind: .unwritable, reason: "cannot be written: \(systemPhrase(error))")
    }
}
