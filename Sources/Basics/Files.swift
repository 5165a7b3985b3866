import Glibc
import SystemPackage

/// Reading and writing whole files.
package enum Files {
    /// The largest file of weights that is read: 1 GiB, more than any network of this family at any width has.
    package static let largestWeights = 1 << 30
    /// The largest configuration, list of labels or other text that is read: 4 MiB.
    package static let largestText = 4 << 20

    /// Reads a file.
    ///
    /// A device, a socket and a named pipe are refused: they may have no end, or block for ever. What a shell or a
    /// parent passes on (`<(command)`, `/dev/stdin`) is read as long as it goes on.
    ///
    /// - Parameter limit: the largest size in bytes. A larger file is refused before anything of it is read.
    /// - Throws: ``FileError``.
    package static func read(_ path: String, atMost limit: Int = largestWeights) throws(FileError) -> [UInt8] {
        do {
            // Without `nonBlocking`, opening a named pipe would wait for somebody who writes to it.
            let file = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec, .nonBlocking])
            return try file.closeAfter { try FileReading.readAll(file, atMost: limit) }
        } catch let refusal as FormatError {
            throw FileError(
                path: path, kind: refusal.isOutOfMemory ? .outOfMemory : .unreadable, reason: refusal.reason)
        } catch {
            throw FileError(path: path, kind: .unreadable, reason: phrase(for: error))
        }
    }

    /// Replaces a file at once: whoever reads it sees the old contents or the new, never a part, even if
    /// the power fails meanwhile. What is no file, as `/dev/stdout`, is written to as it is.
    ///
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

    /// Where a path leads: of a link, the file that it points to is replaced, and not the link.
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
