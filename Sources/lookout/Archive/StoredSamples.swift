import Archive
import Basics
import Events
import Glibc
import Watch

/// Stored samples of a recording with the settings of their analysis.
struct StoredSamples {
    /// Path of the sample file.
    let path: String
    /// Path of the recording.
    let recording: String
    let settings: ArchiveSettings
    /// Row of the manifest; `nil` for a file that is in no project folder.
    let entry: RecordingEntry?

    /// Finds samples.
    ///
    /// - Parameter arguments: project folders, and sample files of them.
    /// - Throws: ``Failure``, `FileError`.
    static func find(_ arguments: [String]) throws -> [StoredSamples] {
        var found: [StoredSamples] = []
        for argument in arguments {
            if ProjectFolder.exists(at: argument) || !argument.hasSuffix(".samples") {
                found += try all(in: ProjectFolder.open(argument))
            } else {
                found.append(try file(argument))
            }
        }
        return found
    }

    /// Returns those of all recordings that have been read.
    static func all(in folder: ProjectFolder) throws -> [StoredSamples] {
        let entries = try folder.manifest.entries().filter { $0.state == .done || $0.state == .corrupt }
        guard !entries.isEmpty else {
            throw Failure(
                status: EX_NOINPUT,
                "\(folder.path): no recording is complete; `lookout analyze --into \(folder.path) …` goes on")
        }
        var settings: [String: ArchiveSettings] = [:]
        return try entries.map { entry in
            let known = try settings[entry.settings] ?? folder.settings(entry.settings)
            settings[entry.settings] = known
            return StoredSamples(
                path: folder.samples(of: entry.name), recording: entry.source, settings: known, entry: entry)
        }
    }

    private static func file(_ path: String) throws -> StoredSamples {
        let reader = try SampleLogReader(path)
        let (folder, name) = Folder.split(path)
        guard ProjectFolder.exists(at: folder + "/.."), let open = try? ProjectFolder.open(folder + "/..") else {
            return StoredSamples(
                path: path, recording: reader.header.source, settings: ArchiveSettings([]), entry: nil)
        }
        let entry = try open.manifest.entries().first { $0.name + ".samples" == name }
        return StoredSamples(
            path: path, recording: reader.header.source,
            settings: try entry.map { try open.settings($0.settings) } ?? ArchiveSettings([]), entry: entry)
    }
}

extension ProjectFolder {
    /// Returns the settings with a fingerprint; none if they are not known.
    func settings(_ fingerprint: String) throws(FileError) -> ArchiveSettings {
        ArchiveSettings(description: try manifest.settings(fingerprint) ?? "")
    }
}
