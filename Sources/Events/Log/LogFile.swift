import Basics
import Glibc
import SystemPackage

/// An open log file: appends whole lines, each by one `write`.
///
/// Not thread-safe: it belongs to the queue of its ``EventLog``.
final class LogFile {
    private let path: String
    private let descriptor: Int32
    private let identity: FileIdentity?
    /// Wall-clock time of the first record, in UTC; nil if the file is empty or the record has no time.
    private(set) var firstRecordTime: Timestamp?
    /// Whether the file ended with a torn line, which has been truncated or ended.
    private(set) var wasRepaired = false

    /// Longest torn line in bytes. Longer ones are no event records.
    private static let longestTornLine = 65536

    /// Opens or creates a file, and repairs a torn line at its end.
    ///
    /// - Parameter mode: mode of a new file, less the umask.
    /// - Throws: the error of the system.
    init(path: String, mode: UInt32) throws(Errno) {
        // Opening a named pipe without a reader must not block.
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, mode)
        if descriptor < 0 { throw Errno(rawValue: errno) }
        self.path = path
        identity = FileIdentity(descriptor)
        guard identity != nil else { return }
        do {
            try repairTornLine()
        } catch {
            close(descriptor)
            throw error
        }
        firstRecordTime = LoggedLine.time(of: read(at: 0, count: 256))
    }

    deinit { close(descriptor) }

    /// Size in bytes; nil if it is not a regular file or has been removed.
    var size: Int? {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_nlink > 0 else { return nil }
        return identity == nil ? nil : Int(status.st_size)
    }

    /// Whether it is a regular file, and not a device or a pipe.
    var isRegular: Bool { identity != nil }

    /// Whether the path still leads to this file.
    var isCurrent: Bool { identity == nil || FileIdentity(path: path) == identity }

    /// Appends a line, all of it or nothing.
    ///
    /// - Parameter time: wall-clock time in UTC.
    /// - Throws: the error of the system.
    func append(_ line: [UInt8], at time: Timestamp) throws(Errno) {
        do {
            try writeAll(line, to: descriptor)
        } catch {
            truncatePartialLine(error.written)
            throw error.error
        }
        if firstRecordTime == nil { firstRecordTime = time }
    }

    /// Waits until all lines are on the disk.
    ///
    /// - Parameter syncToDisk: syncs the file of a descriptor, as `fdatasync` does.
    /// - Throws: the error of the system.
    func sync(_ syncToDisk: (Int32) -> Int32 = fdatasync) throws(Errno) {
        guard isRegular else { return }
        if syncToDisk(descriptor) != 0 { throw Errno(rawValue: errno) }
    }

    /// Truncates the part of a line that was written before an error, such as a full disk. If that fails too, the
    /// next open repairs the file.
    private func truncatePartialLine(_ count: Int) {
        guard count > 0, let size, size >= count else { return }
        _ = ftruncate(descriptor, off_t(size - count))
    }

    private func repairTornLine() throws(Errno) {
        guard let size, size > 0 else { return }
        let tail = read(at: max(0, size - Self.longestTornLine), count: Self.longestTornLine)
        guard let last = tail.last, last != UInt8(ascii: "\n") else { return }
        let torn = tail.suffix(from: tail.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0)
        wasRepaired = true
        // A power failure leaves zeros. Anything else that is not the beginning of a record was written by another
        // program and must stay.
        let isOwnRecord = torn.count < Self.longestTornLine && (torn.first == UInt8(ascii: "{") || torn.first == 0)
        if isOwnRecord {
            if ftruncate(descriptor, off_t(size - torn.count)) != 0 { throw Errno(rawValue: errno) }
        } else if write(descriptor, "\n", 1) != 1 {
            throw Errno(rawValue: errno)
        }
    }

    private func read(at offset: Int, count: Int) -> [UInt8] { readBytes(descriptor, at: offset, count: count) }
}

/// Identity of a regular file, whatever its path.
package struct FileIdentity: Hashable, Sendable {
    private let device: dev_t
    private let inode: ino_t

    /// - Returns: `nil` if there is no file, or it is a folder, a device or a pipe.
    package init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// - Returns: `nil` if it is a device or a pipe.
    init?(_ descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    private init?(_ status: stat) {
        guard status.st_mode & S_IFMT == S_IFREG else { return nil }
        device = status.st_dev
        inode = status.st_ino
    }
}
