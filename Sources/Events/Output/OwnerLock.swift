import Basics
import Glibc

/// Lock that keeps two processes from writing to the same file or folder. The system releases it when its owner ends,
/// however it ends.
///
/// The lock is on a file beside the protected one. That file stays when the lock is released: if it were removed, a
/// third process could lock another file of the same name.
package final class OwnerLock: Sendable {
    /// Failure to take a lock.
    package struct Failure: Error, Equatable, CustomStringConvertible {
        package let description: String
        /// Whether another process holds the lock.
        package let isTaken: Bool
    }

    /// Path of the lock file.
    package let path: String
    private let descriptor: Int32

    /// Locks a file that records are written to. Its folder must exist.
    ///
    /// - Throws: ``Failure``.
    package static func file(_ path: String) throws(Failure) -> OwnerLock {
        try OwnerLock(lockPath(file: path), of: path)
    }

    /// Locks a folder, which must exist.
    ///
    /// - Throws: ``Failure``.
    package static func folder(_ path: String) throws(Failure) -> OwnerLock {
        try OwnerLock(lockPath(folder: path), of: path)
    }

    /// Returns the path of the lock of a file. Symbolic links are resolved.
    package static func lockPath(file path: String) -> String {
        guard let real = realpath(path, nil) else { return path + ".lock" }
        defer { free(real) }
        return String(cString: real) + ".lock"
    }

    /// Whether this is the lock at a path, also if the path leads to it through symbolic links: they are resolved
    /// only once the protected file exists.
    package func stands(at path: String) -> Bool {
        guard self.path != path else { return true }
        guard let own = FileIdentity(descriptor) else { return false }
        return own == FileIdentity(path: path)
    }

    /// Returns the path of the lock of a folder.
    package static func lockPath(folder path: String) -> String { path + "/lock" }

    private init(_ path: String, of target: String) throws(Failure) {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0o644)
        guard descriptor >= 0 else {
            throw Failure(description: "\(path): cannot be locked: \(systemPhrase(errno))", isTaken: false)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let error = errno
            guard error == EWOULDBLOCK else {
                throw Failure(description: "\(path): cannot be locked: \(systemPhrase(error))", isTaken: false)
            }
            throw Failure(
                description:
                    "\(target): another lookout writes there\(Self.owner(descriptor)); stop it, or configure another path for this one",
                isTaken: true)
        }
        let owner = Array("\(getpid())\n".utf8)
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, owner, owner.count, 0)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    private static func owner(_ descriptor: Int32) -> String {
        let text = String(decoding: readBytes(descriptor, at: 0, count: 32), as: UTF8.self)
        return text.split(separator: "\n").first.flatMap { Int32($0) }.map { " (process \($0))" } ?? ""
    }
}
