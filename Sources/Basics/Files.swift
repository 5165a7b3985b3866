import Glibc
import SystemPackage

/// Reads and writes whole files.
package enum Files {
    /// Largest file of weights, in bytes: 1 GiB, more than any network of this family has at any width.
    package static let largestWeights = 1 << 30
    /// Largest configuration, list of labels or other text, in bytes: 4 MiB.
    package static let largestText = 4 << 20

    /// Reads a file.
    ///
    /// Refuses devices, sockets and named pipes, which may have no end or block forever. Reads unnamed pipes
    /// (`<(command)`, `/dev/stdin`) to their end.
    ///
    /// - Parameter limit: maximum size, in bytes. A larger file is refused before any of it is read.
    /// - Throws: ``FileError``.
    package static func read(_ path: String, atMost limit: Int = largestWeights) throws(FileError) -> [UInt8] {
        do {
            // Without `nonBlocking`, opening a named pipe would wait for a writer.
            let file = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec, .nonBlocking])
            return try file.closeAfter { try FileReading.readAll(file, atMost: limit) }
        } catch let refusal as FormatError {
            throw FileError(
                path: path, kind: refusal.isOutOfMemory ? .outOfMemory : .unreadable, reason: refusal.reason)
        } catch {
            throw FileError(path: path, kind: .unreadable, reason: phrase(for: error))
        }
    }

    /// Replaces a file atomically and durably (see ``AtomicFile``). Writes to a device or pipe, as `/dev/stdout`,
    /// directly. Of a link, the file that it points to is replaced.
    ///
    /// - Parameter chunks: new contents, in order.
    /// - Throws: ``FileError``.
    package static func write(_ path: String, _ chunks: [[UInt8]]) throws(FileError) {
        do {
            var status = stat()
            if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
                let file = try FileDescriptor.open(FilePath(path), .writeOnly, options: .closeOnExec)
                try file.closeAfter { for chunk in chunks { try writeAll(chunk, to: file.rawValue) } }
            } else {
                try AtomicFile(path: resolved(path)).replace(with: chunks, permissions: .masked(0o644), isDurable: true)
            }
        } catch {
            throw FileError(path: path, kind: .unwritable, reason: phrase(for: error))
        }
    }

    /// Resolves symbolic links.
    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    private static func phrase(for error: any Error) -> String {
        let error = (error as? PartialWrite)?.error ?? error
        return (error as? Errno).map { systemPhrase($0.rawValue) } ?? "\(error)"
    }
}

/// Reads an open file to its end, within limits of size and time.
enum FileReading {
    /// Timeout of a pipe without data, in milliseconds.
    private static let longestSilence: Int32 = 10_000
    /// Most bytes that are read where the size is not known in advance.
    private static let largestStream = 256 << 20

    /// Reads the whole file.
    ///
    /// - Parameter limit: maximum size, in bytes.
    /// - Throws: ``FormatError`` if the file is too large, or is not a regular file or an unnamed pipe; `Errno`.
    static func readAll(_ file: FileDescriptor, atMost limit: Int) throws -> [UInt8] {
        var status = stat()
        guard fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
        let size = Int(status.st_size)
        switch status.st_mode & S_IFMT {
        case S_IFREG where size > 0:
            guard size <= limit else { throw tooLarge(size, limit) }
            return try read(file, size: size)
        // Files in /proc and /sys have a size of 0.
        case S_IFREG: return try readToEnd(file, atMost: min(limit, largestStream))
        case S_IFIFO where isUnnamed(file): return try readToEnd(file, atMost: min(limit, largestStream))
        case S_IFIFO: throw FormatError("it is a named pipe, not a file")
        case S_IFDIR: throw FormatError("it is a directory, not a file")
        case S_IFCHR, S_IFBLK: throw FormatError("it is a device, not a file")
        default: throw FormatError("it is not a file")
        }
    }

    /// Whether the pipe was made by pipe(2) and not by mkfifo(1): the kernel shows no path for it.
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
            if count == 0 { throw FormatError("no data for \(longestSilence / 1000) s") }
            guard errno == EINTR else { throw Errno(rawValue: errno) }
        }
    }

    private static func tooLarge(_ size: Int?, _ limit: Int) -> FormatError {
        let found = size.map { " (\(Bytes($0)))" } ?? ""
        return FormatError("it is too large\(found): the limit is \(Bytes(limit))")
    }
}

/// Reads bytes of a file from an offset on; fewer than `count` at the end of the file or after an error.
package func readBytes(_ descriptor: Int32, at offset: Int, count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
        while length < count {
            let found = pread(descriptor, buffer.baseAddress! + length, count - length, off_t(offset + length))
            if found < 0, errno == EINTR { continue }
            guard found > 0 else { break }
            length += found
        }
    }
}
