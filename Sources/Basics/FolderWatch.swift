import CLinux
import Glibc

/// Watches folders, and those in them, for new and complete files: inotify(7).
///
/// To be used by one thread at a time.
package final class FolderWatch {
    /// Change in a folder.
    package enum Change: Equatable, Sendable {
        /// A program has closed a file that it had written, or moved one into the folder.
        case completed(String)
        /// A file is there that may not be complete: it was in a new folder.
        case appeared(String)
        /// Changes were lost, because there were too many. The folders have to be searched again.
        case overflow
    }

    private let descriptor: Int32
    /// Path of each watched folder by its number.
    private var folders: [Int32: String] = [:]

    /// Most folders in each other.
    private static let deepest = 64
    private static let bufferSize = 1 << 16
    private static let mask = UInt32(IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_ONLYDIR)

    /// Begins to watch. Files that are there already are no changes.
    ///
    /// - Throws: ``FileError``.
    package init(_ paths: [String]) throws(FileError) {
        descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        guard descriptor >= 0 else {
            throw FileError(path: paths.first ?? "", kind: .unreadable, reason: Self.reason(errno))
        }
        for path in paths { try add(path, depth: 0) { _ in } }
    }

    deinit { close(descriptor) }

    private static func reason(_ error: Int32) -> String {
        switch error {
        case ENOSPC: "there are too many folders to watch; raise the limit fs.inotify.max_user_watches"
        case EMFILE: "there are too many watching programs; raise the limit fs.inotify.max_user_instances"
        default: "it cannot be watched: \(systemPhrase(error))"
        }
    }

    /// Watches a folder and those in it.
    ///
    /// - Parameter found: is called with each file.
    private func add(_ folder: String, depth: Int, found: (String) -> Void) throws(FileError) {
        guard depth < Self.deepest else { return }
        let number = inotify_add_watch(descriptor, folder, Self.mask)
        guard number >= 0 else { throw FileError(path: folder, kind: .unreadable, reason: Self.reason(errno)) }
        folders[number] = folder
        for name in Folder.entries(folder) where !name.hasPrefix(".") {
            let path = Folder.path(folder, name)
            var status = stat()
            guard lstat(path, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                try add(path, depth: depth + 1, found: found)
            } else {
                found(path)
            }
        }
    }

    /// Waits for changes.
    ///
    /// - Parameter seconds: longest time to wait.
    /// - Returns: the changes; empty after that time.
    /// - Throws: ``FileError`` for a new folder that cannot be watched.
    package func wait(seconds: Double) throws(FileError) -> [Change] {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard Glibc.poll(&poll, 1, Int32(max(0, seconds) * 1000)) > 0 else { return [] }
        var buffer = [UInt8](repeating: 0, count: Self.bufferSize)
        let count = read(descriptor, &buffer, buffer.count)
        var changes: [Change] = []
        for event in Self.events(in: buffer.prefix(max(0, count))) { try note(event, &changes) }
        return changes
    }

    /// Event of the kernel.
    private struct Event {
        var folder: Int32
        var mask: UInt32
        var name: String

        func has(_ bit: Int) -> Bool { mask & UInt32(truncatingIfNeeded: bit) != 0 }
    }

    private static func events(in bytes: ArraySlice<UInt8>) -> [Event] {
        var events: [Event] = []
        bytes.withUnsafeBytes { bytes in
            let head = MemoryLayout<inotify_event>.size
            var place = 0
            while place + head <= bytes.count {
                let event = bytes.loadUnaligned(fromByteOffset: place, as: inotify_event.self)
                let end = min(bytes.count, place + head + Int(event.len))
                let name = bytes[(place + head)..<end].prefix { $0 != 0 }
                events.append(Event(folder: event.wd, mask: event.mask, name: String(decoding: name, as: UTF8.self)))
                place = end
            }
        }
        return events
    }

    private func note(_ event: Event, _ changes: inout [Change]) throws(FileError) {
        if event.has(Int(IN_Q_OVERFLOW)) { return changes.append(.overflow) }
        if event.has(Int(IN_IGNORED)) { return folders[event.folder] = nil }
        guard let folder = folders[event.folder], !event.name.isEmpty, !event.name.hasPrefix(".") else { return }
        let path = Folder.path(folder, event.name)
        if event.has(Int(IN_ISDIR)) {
            var found: [String] = []
            // It may be gone by now.
            do { try add(path, depth: 0) { found.append($0) } } catch { if access(path, F_OK) == 0 { throw error } }
            changes += found.map(Change.appeared)
        } else if event.has(Int(IN_CLOSE_WRITE)) || event.has(Int(IN_MOVED_TO)) {
            changes.append(.completed(path))
        }
    }
}
