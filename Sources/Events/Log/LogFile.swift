import Glibc
import SystemPackage

/// A log file that is open for adding lines: whole lines, each by one `write`.
///
/// It belongs to the queue of its ``EventLog``.
final class LogFile {
    private let path: String
    private let descriptor: Int32
    private let identity: FileIdentity?
    /// When the first line was written, by the calendar; nil if the file is empty, or does not say.
    private(set) var firstRecordTime: Timestamp?
    /// Whether the last line was torn, and has been cut off.
    private(set) var wasRepaired = false

    /// The longest that a torn line is believed to be, in bytes. What has no line feed for longer is no log.
    private static let longestTornLine = 65536

    /// Opens a file, or makes it; a torn line at its end is cut off.
    ///
    /// - Parameter mode: of a file that is new.
    init(path: String, mode: UInt32) throws(Errno) {
        // A named pipe without a reader is no reason to wait.
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

    /// Bytes; nil if it is no file, or has been removed.
    var size: Int? {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_nlink > 0 else { return nil }
        return identity == nil ? nil : Int(status.st_size)
    }

    /// Whether it is a file, and not a device or a pipe.
    var isRegular: Bool { identity != nil }

    /// Whether it is still what its name stands for.
    var isCurrent: Bool { identity == nil || FileIdentity(path: path) == identity }

    /// Adds a line, all of it or nothing.
    ///
    /// - Parameter time: by the calendar.
    func append(_ line: [UInt8], at time: Timestamp) throws(Errno) {
        var rest = line[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else {
                let error = written == 0 ? Errno.ioError : Errno(rawValue: errno)
                truncatePartialLine(line.count - rest.count)
                throw error
            }
            rest = rest.dropFirst(written)
        }
        if firstRecordTime == nil { firstRecordTime = time }
    }

    /// Waits until what was written is on the disk.
    ///
    /// - Parameter syncToDisk: brings a descriptor's file to the disk, as `fdatasync` does.
    func sync(_ syncToDisk: (Int32) -> Int32 = fdatasync) throws(Errno) {
        guard isRegular else { return }
        if syncToDisk(descriptor) != 0 { throw Errno(rawValue: errno) }
    }

    /// Removes the part of a line that was written when the disk was full. If that fails, too, the file is
    /// mended when it is opened again.
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
        // Power that fails leaves zeros. What begins otherwise was not written by us, and is not ours to cut.
        let isOwnRecord = torn.count < Self.longestTornLine && (torn.first == UInt8(ascii: "{") || torn.first == 0)
        if isOwnRecord {
            if ftruncate(descriptor, off_t(size - torn.count)) != 0 { throw Errno(rawValue: errno) }
        } else if write(descriptor, "\n", 1) != 1 {
            throw Errno(rawValue: errno)
        }
    }

    private func read(at offset: Int, count: Int) -> [UInt8] { readBytes(descriptor, at: offset, count: count) }
}

/// Up to so many bytes of a file from a place on; fewer at its end, or if they cannot be read.
func readBytes(_ descriptor: Int32, at offset: Int, count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
        while length < count {
            let found = pread(descriptor, buffer.baseAddress! + length, count - length, off_t(offset + length))
            if found < 0, errno == EINTR { continue }
            guard found > 0 else { break }
            length += found
        }
    }
}

/// Which file it is, by whatever name.
package struct FileIdentity: Hashable, Sendable {
    private let device: dev_t
    private let inode: ino_t

    /// - Returns: `nil` if there is none, or it is no file but a folder, a device or a pipe.
    package init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// - Returns: `nil` if it is no file but a device or a pipe.
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
