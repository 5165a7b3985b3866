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
        } catch {
            throw FileError(path: path, kind: .unreadable, reason: phrase(for: error))
        }
    }

    /// Replaces a file at once: whoever reads it sees the old contents or the new, never a part.
    ///
    /// - Throws: ``FileError``.
    public static func write(_ path: String, _ chunks: [[UInt8]]) throws(FileError) {
        let temporary = path + ".partial"
        do {
            let file = try FileDescriptor.open(
                FilePath(temporary), .writeOnly, options: [.create, .truncate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try file.closeAfter { for chunk in chunks { try file.writeAll(chunk) } }
            guard rename(temporary, path) == 0 else { throw Errno(rawValue: errno) }
        } catch {
            unlink(temporary)
            throw FileError(path: path, kind: .unwritable, reason: phrase(for: error))
        }
    }

    private static func readAll(_ file: FileDescriptor) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let size = Int(try file.seek(offset: 0, from: .end))
        try file.seek(offset: 0, from: .start)
        bytes = try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
                let got = try file.read(into: rest)
                if got == 0 { break }
                count += got
            }
        }
        return bytes
    }

    private static func phrase(for error: any Error) -> String {
        (error as? Errno)?.phrase ?? "\(error)"
    }
}
