import Glibc
import SystemPackage

/// A file that is replaced as a whole: a reader, and a program that starts after a crash, finds the old contents or
/// the new ones, never a part.
///
/// New contents are written to a temporary file in the same folder, which is then renamed. The temporary file is
/// created exclusively, under a random name: no file of the user's is overwritten, no link is followed, and two
/// programs that replace the same file do not write into each other's.
package struct AtomicFile: Equatable, Sendable {
    /// Permissions of the new file.
    package enum Permissions: Equatable, Sendable {
        /// These, less the umask.
        case masked(mode_t)
        /// These, whatever the umask.
        case exactly(mode_t)
    }

    package let path: String

    package init(path: String) { self.path = path }

    /// Replaces the contents. If `path` is a link, the link is replaced.
    ///
    /// - Parameters:
    ///   - chunks: the new contents, in order.
    ///   - isDurable: whether the file and its name have to be on the disk afterwards, should the power fail.
    /// - Throws: the system's error. Unless the folder could not be synced, the old contents are still there.
    package func replace(
        with chunks: [[UInt8]], permissions: Permissions, isDurable: Bool
    ) throws(Errno) {
        try replace(with: chunks, permissions: permissions, isDurable: isDurable, sync: fsync)
    }

    /// - Parameter sync: brings a descriptor's file to the disk, as `fsync` does.
    func replace(
        with chunks: [[UInt8]], permissions: Permissions, isDurable: Bool, sync: (Int32) -> Int32
    ) throws(Errno) {
        let draft = "\(path).\(Self.randomSuffix()).partial"
        do throws(Errno) {
            try Self.write(chunks, to: draft, permissions, isDurable: isDurable, sync: sync)
            guard rename(draft, path) == 0 else { throw Errno(rawValue: errno) }
        } catch {
            unlink(draft)
            throw error
        }
        if isDurable { try Folder.sync(of: path, sync: sync) }
    }

    /// Removes temporary files that a program left when it was killed while it replaced this file.
    ///
    /// - Precondition: nobody else replaces the file at the moment.
    package func removeLeftovers() {
        let (folder, name) = Folder.split(path)
        for entry in Folder.entries(folder) where Self.isDraft(entry, of: name) { unlink(folder + "/" + entry) }
    }

    private static let suffixLength = 13

    private static func randomSuffix() -> String {
        let digits = String(UInt64.random(in: .min ... .max), radix: 36)
        return String(repeating: "0", count: suffixLength - digits.count) + digits
    }

    static func isDraft(_ entry: String, of name: String) -> Bool {
        guard entry.hasPrefix(name + "."), entry.hasSuffix(".partial") else { return false }
        let suffix = entry.dropFirst(name.count + 1).dropLast(".partial".count)
        return suffix.count == suffixLength && suffix.allSatisfy { $0.isASCII && ($0.isNumber || $0.isLowercase) }
    }

    private static func write(
        _ chunks: [[UInt8]], to draft: String, _ permissions: Permissions, isDurable: Bool, sync: (Int32) -> Int32
    ) throws(Errno) {
        let mode =
            switch permissions {
            case .masked(let mode), .exactly(let mode): mode
            }
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard file >= 0 else { throw Errno(rawValue: errno) }
        defer { close(file) }
        if case .exactly = permissions, fchmod(file, mode) != 0 { throw Errno(rawValue: errno) }
        for chunk in chunks {
            do { try writeAll(chunk, to: file) } catch { throw error.error }
        }
        if isDurable, sync(file) != 0 { throw Errno(rawValue: errno) }
    }
}
