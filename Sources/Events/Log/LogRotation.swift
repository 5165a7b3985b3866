import Basics
import Glibc

/// Decides when a log begins a new file. A value without a clock.
package struct RotationPolicy: Equatable, Sendable {
    /// Maximum size of a file in bytes; nil for no limit.
    package var size: Int?
    /// Maximum time from the first record of a file to the next file, in seconds; nil for no limit.
    package var age: Double?

    package init(size: Int? = nil, age: Double? = nil) {
        self.size = size
        self.age = age
    }

    /// Whether a new file begins before a line is written. An empty file takes any line.
    ///
    /// - Parameters:
    ///   - size: size of the file in bytes.
    ///   - adding: size of the line in bytes.
    ///   - age: seconds since the file's first record; negative if the wall clock was set back.
    func isDue(size: Int, adding: Int, age: Double) -> Bool {
        guard size > 0 else { return false }
        if let limit = self.size, size + adding > limit { return true }
        if let limit = self.age, age >= limit { return true }
        return false
    }
}

/// Decides which of the rotated files of a log, or of other files, are removed. A value without a clock and without a file
/// system.
package struct RetentionPolicy: Equatable, Sendable {
    /// Maximum number of rotated files; nil for no limit.
    package var keep: Int?
    /// Maximum time since the last record of a file, in seconds; nil for no limit.
    package var maxAge: Double?
    /// Minimum free space of the file system in bytes, below which the oldest files are removed; nil for no limit.
    package var freeSpace: Int?

    package init(keep: Int? = nil, maxAge: Double? = nil, freeSpace: Int? = nil) {
        self.keep = keep
        self.maxAge = maxAge
        self.freeSpace = freeSpace
    }

    /// A file that may be removed.
    package struct File: Equatable {
        /// Number, as the suffix of a rotated file. The newest file has the lowest.
        package var number: Int
        /// Size in bytes.
        package var size: Int
        /// Seconds since it was last written.
        package var age: Double

        package init(number: Int, size: Int, age: Double) {
            self.number = number
            self.size = size
            self.age = age
        }
    }

    /// Longest plausible time between two files, or since the newest one, in seconds. A longer one indicates a wrong
    /// clock.
    static let longestPlausibleGap = 366 * 86400.0

    /// Returns the seconds since the last record of each file.
    ///
    /// Ages are summed from one file to the next. Implausible steps (back in time, or longer than
    /// ``longestPlausibleGap``) count as none. Thus neither a clock that is wrong now nor files written while it was
    /// make other files old.
    ///
    /// - Parameters:
    ///   - modified: time of the last modification of each file, in seconds since 1970; the newest file first.
    ///   - now: wall-clock time, in seconds since 1970.
    package static func ages(_ modified: [Double], now: Double) -> [Double] {
        var later = now
        var age = 0.0
        return modified.map { time in
            if case let step = later - time, (0...longestPlausibleGap).contains(step) { age += step }
            later = time
            return age
        }
    }

    /// Returns the suffixes of the files to remove, the oldest first.
    ///
    /// - Parameter free: free space in bytes; nil if it is unknown.
    package func filesToDelete(_ files: [File], free: Int?) -> [Int] {
        var free = free
        var filesToDelete: [Int] = []
        for (rank, file) in files.sorted(by: { $0.number < $1.number }).enumerated().reversed() {
            let exceedsCount = keep.map { rank >= $0 } ?? false
            let exceedsAge = maxAge.map { file.age > $0 } ?? false
            let needsSpace = freeSpace.map { floor in free.map { $0 < floor } ?? false } ?? false
            guard exceedsCount || exceedsAge || needsSpace else { continue }
            filesToDelete.append(file.number)
            free? += file.size
        }
        return filesToDelete
    }

    /// Whether files may have to be removed without any rotation.
    var watchesTime: Bool { maxAge != nil || freeSpace != nil }
}

/// The rotated files of a log, with numeric suffixes as by logrotate: `events.jsonl.1` is the newest.
struct RotatedFiles {
    /// Path of the log.
    let path: String

    /// A rotated file.
    struct Entry: Equatable {
        var number: Int
        var size: Int
        /// Time of the last modification, in seconds since 1970.
        var modified: Double
    }

    /// Returns the path of a rotated file.
    func path(_ number: Int) -> String { "\(path).\(number)" }

    /// Returns the rotated files, the newest first. Files with other names, and anything but regular files, are
    /// ignored.
    func entries() -> [Entry] {
        let (folder, name) = Folder.split(path)
        let numbers = Folder.entries(folder).compactMap { Self.number(of: $0, in: name) }
        return numbers.sorted().compactMap(entry)
    }

    /// Returns the numeric suffix of a rotated file; nil if the file is none.
    static func number(of file: String, in name: String) -> Int? {
        guard file.hasPrefix(name + ".") else { return nil }
        let digits = file.dropFirst(name.count + 1)
        // Only the canonical form: neither "01" nor "+1".
        guard digits.count < 10, let number = Int(digits), number > 0, String(number) == digits else { return nil }
        return number
    }

    /// Returns the renames that free the suffix 1, in order. They stop at the first hole in the suffixes.
    ///
    /// - Parameter numbers: suffixes of the files.
    static func shifts(_ numbers: Set<Int>) -> [(from: Int, to: Int)] {
        var last = 0
        while numbers.contains(last + 1) { last += 1 }
        return (0..<last).reversed().map { (from: $0 + 1, to: $0 + 2) }
    }

    /// Renames the log to the suffix 1, and every rotated file to the next suffix.
    ///
    /// - Returns: the system's error number if the log could not be renamed; otherwise nil.
    func rotate() -> Int32? {
        for (from, to) in Self.shifts(Set(entries().map(\.number))) { _ = rename(path(from), path(to)) }
        // If an older file could not be renamed, the suffix 1 may be taken: the file there must not be overwritten.
        guard access(path(1), F_OK) != 0 else { return EEXIST }
        return rename(path, path(1)) == 0 ? nil : errno
    }

    /// Removes a rotated file.
    func remove(_ number: Int) { _ = unlink(path(number)) }

    private func entry(_ number: Int) -> Entry? {
        var status = stat()
        guard lstat(path(number), &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let modified = Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) * 1e-9
        return Entry(number: number, size: Int(status.st_size), modified: modified)
    }

    /// Free space of the file system of the log, in bytes; nil if it is unknown.
    var freeSpace: Int? { Folder.freeSpace(Folder.split(path).folder) }
}
