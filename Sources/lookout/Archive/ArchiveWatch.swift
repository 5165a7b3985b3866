import Archive
import Basics
import Capture
import Events
import Glibc

/// Recordings of folders as a recorder completes them: `analyze --watch`.
///
/// To be used by one thread at a time.
final class ArchiveWatch {
    private let folders: [String]
    private let watch: FolderWatch
    private var files = RecorderFiles()

    /// Longest time until an interruption is noticed, in seconds.
    private static let slice = 0.5

    /// Begins to watch. Recordings that are there already come first.
    ///
    /// - Throws: `FileError`, ``Failure``.
    init(_ folders: [String]) throws {
        self.folders = folders
        watch = try FolderWatch(folders)
        try search()
    }

    private func search() throws(Failure) {
        for file in try RecordingList.inFolders(folders) { files.noteGrowing(file) }
    }

    /// Waits for recordings that are complete.
    ///
    /// - Returns: `nil` after an interruption.
    /// - Throws: `FileError`, ``Failure``.
    func next(_ interruption: CancellationToken) throws -> [String]? {
        while !interruption.wasCancelled {
            let complete = files.takeComplete(age: Self.age)
            if !complete.isEmpty { return complete }
            for change in try watch.wait(seconds: Self.slice) { try note(change) }
        }
        return nil
    }

    private func note(_ change: FolderWatch.Change) throws(Failure) {
        switch change {
        case .completed(let path) where RecordingList.isRecording(path):
            // Some recorders create a file, and open it again to write.
            if Self.isEmpty(path) { files.noteGrowing(path) } else { files.noteComplete(path) }
        case .appeared(let path) where RecordingList.isRecording(path): files.noteGrowing(path)
        case .overflow: try search()
        case .completed, .appeared: break
        }
    }

    private static func isEmpty(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_size == 0
    }

    private static func age(_ path: String) -> Double? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        let modified = Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
        // A clock that was set back must not hide a file.
        return abs(Double(EventClock.system.wallClock().milliseconds) / 1000 - modified)
    }
}
