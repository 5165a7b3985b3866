import Glibc
import SystemPackage

/// Reads an open file to its end, if it has one and is not too large.
enum FileReading {
    /// Milliseconds after which a pipe from which nothing comes is given up.
    private static let longestSilence: Int32 = 10_000
    /// The most that is read of what does not say how much will come.
    private static let largestStream = 256 << 20

    /// - Throws: `FormatError` for what is refused, `Errno`.
    static func readAll(_ file: FileDescriptor, atMost limit: Int) throws -> [UInt8] {
        var status = stat()
        guard fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
        let size = Int(status.st_size)
        switch status.st_mode & S_IFMT {
        case S_IFREG where size > 0:
            guard size <= limit else { throw tooLarge(size, limit) }
            return try read(file, size: size)
        // A file of the kernel's does not say how large it is.
        case S_IFREG: return try readToEnd(file, atMost: min(limit, largestStream))
        case S_IFIFO where isUnnamed(file): return try readToEnd(file, atMost: min(limit, largestStream))
        case S_IFIFO: throw FormatError("it is a named pipe, not a file")
        case S_IFDIR: throw FormatError("it is a directory, not a file")
        case S_IFCHR, S_IFBLK: throw FormatError("it is a device, not a file")
        default: throw FormatError("it is not a file")
        }
    }

    /// Tells a pipe that a shell or a parent made from one of mkfifo(1): the kernel shows it without a path.
    private static func isUnnamed(_ pipe: FileDescriptor) -> Bool {
        var target = [CChar](repeating: 0, count: 16)
        let count = readlink("/proc/self/fd/\(pipe.rawValue)", &target, target.count)
        return count > 0 && target.starts(with: "pipe:".utf8CString.dropLast())
    }

    private static func read(_ file: FileDescriptor, size: Int) throws -> [UInt8] {
        try Memory.check(size)
        return try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
                let got = try file.read(into: rest)
                if got == 0 { break }
                count += got
            }
        }
    }

    private static func readToEnd(_ file: FileDescriptor, atMost limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            try wait(for: file)
            let got = try chunk.withUnsafeMutableBytes { try file.read(into: $0) }
            guard got > 0 else { return bytes }
            bytes += chunk[..<got]
            guard bytes.count <= limit else { throw tooLarge(nil, limit) }
        }
    }

    private static func wait(for file: FileDescriptor) throws {
        var entry = pollfd(fd: file.rawValue, events: Int16(POLLIN), revents: 0)
        while true {
            let count = poll(&entry, 1, longestSilence)
            if count > 0 { return }
            if count == 0 { throw FormatError("nothing has come of it for \(longestSilence / 1000) s") }
            guard errno == EINTR else { throw Errno(rawValue: errno) }
        }
    }

    private static func tooLarge(_ size: Int?, _ limit: Int) -> FormatError {
        let found = size.map { " (\(Bytes($0)))" } ?? ""
        return FormatError("it is too large\(found): at most \(Bytes(limit)) are read of such a file")
    }
}
