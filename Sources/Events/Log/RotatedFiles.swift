import Basics
import Glibc

/// The earlier files of a log, called as logrotate calls them: `events.jsonl.1` is the newest.
struct RotatedFiles {
    /// The log's own path.
    let path: String

    /// An earlier file.
    struct Entry: Equatable {
        var number: Int
        var size: Int
        /// When it was written to last, in seconds since 1970.
        var modified: Double
    }

    func path(_ number: Int) -> String { "\(path).\(number)" }

    /// Those that are there, the newest first. What is called otherwise, or is no file, is none of them.
    func entries() -> [Entry] {
        let (folder, name) = Folder.split(path)
        let numbers = Folder.entries(folder).compactMap { Self.number(of: $0, in: name) }
        return numbers.sorted().compactMap(entry)
    }

    /// The number of an earlier file; nil if it is none.
    static func number(of file: String, in name: String) -> Int? {
        guard file.hasPrefix(name + ".") else { return nil }
        let digits = file.dropFirst(name.count + 1)
        // As it would be written: neither "01" nor "+1".
        guard digits.count < 10, let number = Int(digits), number > 0, String(number) == digits else { return nil }
        return number
    }

    /// How files have to be called anew to make room for another number 1, in order. A hole stays one.
    ///
    /// - Parameter numbers: those that are there.
    static func shifts(_ numbers: Set<Int>) -> [(from: Int, to: Int)] {
        var last = 0
        while numbers.contains(last + 1) { last += 1 }
        return (0..<last).reversed().map { (from: $0 + 1, to: $0 + 2) }
    }

    /// Makes the log number 1, and every other one older by 1.
    ///
    /// - Returns: the system's error number if the log could not be renamed; otherwise nil.
    func rotate() -> Int32? {
        for (from, to) in Self.shifts(Set(entries().map(\.number))) { _ = rename(path(from), path(to)) }
        // If an older one could not be renamed, the newest takes no place that is not free.
        guard access(path(1), F_OK) != 0 else { return EEXIST }
        return rename(path, path(1)) == 0 ? nil : errno
    }

    /// Removes one.
    func remove(_ number: Int) { _ = unlink(path(number)) }

    private func entry(_ number: Int) -> Entry? {
        var status = stat()
        guard lstat(path(number), &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let modified = Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) * 1e-9
        return Entry(number: number, size: Int(status.st_size), modified: modified)
    }

    /// Bytes that are free where the log is; nil if nobody knows.
    var freeSpace: Int? {
        var status = statvfs()
        guard statvfs(Folder.split(path).folder, &status) == 0 else { return nil }
        return Int(status.f_bavail) * Int(status.f_frsize)
    }
}
