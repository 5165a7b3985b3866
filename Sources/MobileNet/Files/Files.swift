import Basics
import Glibc
import SystemPackage

/// Reading and writing whole files.
public enum Files {
    /// The bytes of a file.
    ///
    /// - Throws: ``FileError``.
    public static func read(_ path: String) throws(FileError) -> [UInt8] {
        do {
            let file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
            return try file.closeAfter { try readAll(file) }
        } catch let refusal as FormatError {
            throw FileError(path: path, kind: .unreadable, reason: refusal.reason)
        } catch {
            throw FileError(path: path, kind: .unreadable, reason: phrase(for: error))
        }
    }

    /// Replaces a file at once: whoever reads it sees the old contents or the new, never a part, even if
    /// the power fails meanwhile. What is no file, as `/dev/stdout`, is written to as it is.
    ///
    /// - Throws: ``FileError``.
    public static func write(_ path: String, _ chunks: [[UInt8]]) throws(FileError) {
        do {
            var status = stat()
            if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
                let file = try FileDescriptor.open(FilePath(path), .writeOnly, options: .closeOnExec)
                try file.closeAfter { for chunk in chunks { try file.writeAll(chunk) } }
            } else {
                try AtomicFile(path: resolved(path)).replace(with: chunks, permissions: .masked(0o644), isDurable: true)
            }
        } catch {
            throw FileError(path: path, kind: .unwritable, reason: phrase(for: error))
        }
    }

    /// Where a path leads: of a link, the file that it points to is replaced, and not the link.
    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    /// Far more than the weights of any network of this family, and less than a machine's memory.
    private static let largest = 2 << 30

    private static func readAll(_ file: FileDescriptor) throws -> [UInt8] {
        var status = stat()
        guard fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: throw FormatError("it is a directory, not a file")
        case S_IFREG where status.st_size > 0: return try readAll(file, size: Int(status.st_size))
        default: return try readToEnd(file)  // a pipe, or a file of the kernel's, does not know how much will come
        }
    }

    private static func readAll(_ file: FileDescriptor, size: Int) throws -> [UInt8] {
        guard size <= largest else { throw tooLarge }
        return try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
                let got = try file.read(into: rest)
                if got == 0 { break }
                count += got
            }
        }
    }

    private static func readToEnd(_ file: FileDescriptor) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while case let got = try chunk.withUnsafeMutableBytes({ try file.read(into: $0) }), got > 0 {
            bytes += chunk[..<got]
            guard bytes.count <= largest else { throw tooLarge }
        }
        return bytes
    }

    private static var tooLarge: FormatError { FormatError("too large for a file of weights or labels") }

    private static func phrase(for error: any Error) -> String {
        (error as? Errno).map { systemPhrase($0.rawValue) } ?? "\(error)"
    }
}
