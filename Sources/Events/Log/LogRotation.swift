import Basics
import Glibc

/// When a log begins a new file. A value without a clock.
package struct RotationPolicy: Equatable, Sendable {
    /// Bytes that a file may have; nil for any number.
    package var size: Int?
    /// Seconds from a file's first line until the next file begins; nil for never.
    package var age: Double?

    package init(size: Int? = nil, age: Double? = nil) {
        self.size = size
        self.age = age
    }

    /// Whether a new file begins before a line is written. A file that is empty has room for any line.
    ///
    /// - Parameters:
    ///   - size: of the file, in bytes.
    ///   - adding: the bytes of the line.
    ///   - age: seconds since the file's first line; negative if the calendar was set back.
    func isDue(size: Int, adding: Int, age: Double) -> Bool {
        guard size > 0 else { return false }
        if let limit = self.size, size + adding > limit { return true }
        if let limit = self.age, age >= limit { return true }
        return false
    }
}

/// Which of a log's earlier files go. A value without a clock, which knows no file system.
package struct RetentionPolicy: Equatable, Sendable {
    /// How many earlier files stay; nil for any number.
    package var keep: Int?
    /// Seconds after its last line for which a file stays; nil for ever.
    package var maxAge: Double?
    /// Bytes of the file system that are to stay free: the oldest files go while there are fewer. Nil if it does
    /// not matter.
    package var freeSpace: Int?

    package init(keep: Int? = nil, maxAge: Double? = nil, freeSpace: Int? = nil) {
        self.keep = keep
        self.maxAge = maxAge
        self.freeSpace = freeSpace
    }

    /// An earlier file.
    struct File: Equatable {
        /// From 1, which is the newest.
        var number: Int
        /// Bytes.
        var size: Int
        /// Seconds since its last line.
        var age: Double
    }

    /// A longer time between two files, or since the newest one, is taken for a clock that was wrong. In seconds.
    static let longestPlausibleGap = 366 * 86400.0

    /// How long ago each file got its last line.
    ///
    /// Ages are added up from one file to the next, and steps that cannot be true (back in time, or of more than a
    /// year) count as none. So neither a clock that says 2099 nor files that were written while it did make other
    /// files old.
    ///
    /// - Parameters:
    ///   - modified: when each got its last line, in seconds since 1970; of the newest file first.
    ///   - now: by the calendar, in seconds since 1970.
    static func ages(_ modified: [Double], now: Double) -> [Double] {
        var later = now
        var age = 0.0
        return modified.map { time in
            if case let step = later - time, (0...longestPlausibleGap).contains(step) { age += step }
            later = time
            return age
        }
    }

    /// The numbers of the files that go, the oldest first.
    ///
    /// - Parameter free: bytes that are free; nil if nobody knows.
    func filesToDelete(_ files: [File], free: Int?) -> [Int] {
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

    /// Whether it ever removes anything as time goes by.
    var watchesTime: Bool { maxAge != nil || freeSpace != nil }
}

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
        // If an older one could not be renamed, the newest takes no rank that is not free.
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
