import Glibc
import SystemPackage

/// File that is replaced atomically: readers, and programs that start after a crash, find the old contents or the new
/// ones, never a part.
///
/// New contents are written to a temporary file in the same folder, which is then renamed. The temporary file is
/// created exclusively and has a random name: it overwrites no other file, follows no link, and two programs that
/// replace the same file do not write into each other's temporary file.
package struct AtomicFile: Equatable, Sendable {
    /// Permissions of the new file.
    package enum Permissions: Equatable, Sendable {
        /// This mode, less the umask.
        case masked(mode_t)
        /// This mode, whatever the umask.
        case exactly(mode_t)
    }

    package let path: String

    package init(path: String) { self.path = path }

    /// Replaces the contents. If `path` is a link, the link itself is replaced.
    ///
    /// - Parameters:
    ///   - chunks: new contents, in order.
    ///   - permissions: of the new file.
    ///   - isDurable: whether to sync the file and its folder, so that a power failure cannot undo the change.
    /// - Throws: the error of the system. The old contents are still there, unless syncing the folder failed.
    package func replace(
        with chunks: [[UInt8]], permissions: Permissions, isDurable: Bool
    ) throws(Errno) {
        try replace(with: chunks, permissions: permissions, isDurable: isDurable, sync: fsync)
    }

    /// - Parameter sync: syncs a descriptor, as `fsync` does.
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

    /// Removes the temporary files of programs that were killed while they replaced this file.
    ///
    /// - Precondition: no other program is replacing the file.
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
