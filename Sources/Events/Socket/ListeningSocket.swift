import Basics
import CLinux
import Glibc

/// Listening Unix socket.
///
/// It is created under a temporary name, with its mode and group, and renamed to its path by ``publish()``. A client
/// that connects meanwhile finds the previous socket or this one, but never none.
package final class ListeningSocket: Sendable {
    /// Descriptor of the socket.
    package let descriptor: Int32
    /// Path of the socket; nil for an inherited socket, which its owner removes.
    private let path: String?
    /// Current path of its file; nil if it has none, or it has been removed.
    private let boundPath: Mutex<String?>
    private let identity: SocketIdentity?
    /// Second link to the previous socket, until ``settle()``.
    private let predecessor = Mutex<String?>(nil)

    /// Creates a socket. ``publish()`` replaces the file that a killed process left at the path.
    ///
    /// - Parameters:
    ///   - path: at most ``UnixAddress/longestPath`` bytes.
    ///   - mode: mode of the file.
    ///   - group: name or number of the file's group; nil for the group of the process.
    ///   - old: socket at the path that may be replaced although it is in use.
    /// - Throws: ``EventSocket/Failure``.
    package init(
        path: String, mode: UInt32, group: String?, replacing old: ListeningSocket? = nil
    ) throws(EventSocket.Failure) {
        guard let address = UnixAddress(path: path) else {
            throw EventSocket.Failure(
                description: "\(path): a socket's path has at most \(UnixAddress.longestPath) bytes")
        }
        let owner = try group.map { name throws(EventSocket.Failure) in try SocketGroup.number(name, for: path) }
        try Self.requireFree(path, address, old)
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        self.path = path
        let temporaryPath = Self.temporaryPath(beside: path)
        var problem = descriptor < 0 ? errno : 0
        if problem == 0 { problem = Self.bind(descriptor, to: temporaryPath) }
        boundPath = Mutex(problem == 0 ? temporaryPath : nil)
        identity = problem == 0 ? SocketIdentity(path: temporaryPath) : nil
        // Mode and group are set before `listen`, so that nobody can connect earlier.
        if problem == 0 { problem = Self.restrict(temporaryPath, identity, owner, mode) }
        if problem == 0, listen(descriptor, 128) != 0 { problem = errno }
        if problem != 0 {
            let advice =
                problem == EPERM && group != nil
                ? "; the program has to be in that group, and allowed to use it (man lookout)" : ""
            throw EventSocket.Failure(description: "\(path): cannot listen: \(systemPhrase(problem))\(advice)")
        }
    }

    /// Renames the socket to its path. The previous socket there is replaced, until ``withdraw()``.
    ///
    /// - Throws: ``EventSocket/Failure``. The previous socket then stays in place.
    package func publish() throws(EventSocket.Failure) {
        let problem = boundPath.withLock { boundPath -> Int32 in
            guard let path, let temporaryPath = boundPath, temporaryPath != path else { return 0 }
            let kept = Self.temporaryPath(beside: path)
            // On a file system without hard links, the socket cannot be withdrawn.
            if link(path, kept) == 0 { predecessor.withLock { $0 = kept } }
            guard rename(temporaryPath, path) == 0 else {
                defer { settle() }
                return errno
            }
            boundPath = path
            return 0
        }
        if problem != 0, let path {
            throw EventSocket.Failure(description: "\(path): cannot listen: \(systemPhrase(problem))")
        }
    }

    /// Undoes ``publish()``: the previous socket gets its path back.
    package func withdraw() {
        boundPath.withLock { boundPath in
            guard boundPath == path, let path, let kept = predecessor.withLock({ $0 }), rename(kept, path) == 0 else {
                return
            }
            predecessor.withLock { $0 = nil }
            boundPath = nil
        }
        remove()
    }

    /// Removes the link to the previous socket. ``publish()`` can no longer be undone.
    package func settle() {
        predecessor.withLock { kept in
            if let kept { unlink(kept) }
            kept = nil
        }
    }

    /// Takes over a socket that listens already, as by systemd socket activation.
    init(listening descriptor: Int32) {
        self.descriptor = descriptor
        path = nil
        boundPath = Mutex(nil)
        identity = nil
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    deinit {
        remove()
        settle()
        if descriptor >= 0 { close(descriptor) }
    }

    /// Removes its file, unless another one has replaced it.
    package func remove() {
        boundPath.withLock { boundPath in
            guard let name = boundPath, let identity, SocketIdentity(path: name) == identity else { return }
            unlink(name)
            boundPath = nil
        }
    }

    private static func requireFree(
        _ path: String, _ address: UnixAddress, _ old: ListeningSocket?
    ) throws(EventSocket.Failure) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw EventSocket.Failure(description: "\(path): exists and is not a socket")
        }
        if let known = old?.identity, known == SocketIdentity(path: path) { return }
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        defer { close(probe) }
        // EAGAIN: the backlog of a listening socket is full.
        if address.connect(probe) == 0 || errno == EAGAIN {
            throw EventSocket.Failure(description: "\(path): another lookout listens there")
        }
    }

    /// Returns an unused name in the same folder.
    private static func temporaryPath(beside path: String) -> String {
        Folder.split(path).folder + "/." + String(UInt32.random(in: .min ... .max), radix: 36)
    }

    /// - Returns: 0, or the system's error number.
    private static func bind(_ descriptor: Int32, to path: String) -> Int32 {
        if let address = UnixAddress(path: path) { return address.bind(descriptor) == 0 ? 0 : errno }
        // The temporary name may exceed the limit when the path itself does not.
        let (name, folder) = (
            Folder.split(path).name, open(Folder.split(path).folder, clinux_o_path | O_DIRECTORY | O_CLOEXEC)
        )
        guard folder >= 0 else { return errno }
        defer { close(folder) }
        guard let address = UnixAddress("/proc/self/fd/\(folder)/\(name)") else { return ENAMETOOLONG }
        return address.bind(descriptor) == 0 ? 0 : errno
    }

    /// Sets the group and the mode of the created file itself, even if its name has been taken over.
    ///
    /// - Returns: 0, or the system's error number.
    private static func restrict(_ path: String, _ identity: SocketIdentity?, _ owner: gid_t?, _ mode: UInt32) -> Int32
    {
        let file = open(path, clinux_o_path | O_NOFOLLOW | O_CLOEXEC)
        guard file >= 0 else { return errno }
        defer { close(file) }
        guard let identity, SocketIdentity(file) == identity else { return EEXIST }
        if let owner, fchownat(file, "", uid_t.max, owner, clinux_at_empty_path) != 0 { return errno }
        // fchmod(2) rejects a descriptor with O_PATH.
        return chmod("/proc/self/fd/\(file)", mode) == 0 ? 0 : errno
    }
}

/// User groups, by name or number.
package enum SocketGroup {
    /// - Returns: nil if there is no such group.
    package static func number(_ name: String) -> UInt32? {
        if let number = gid_t(name) { return number }
        var entry = Glibc.group()
        var found: UnsafeMutablePointer<Glibc.group>?
        var buffer = [CChar](repeating: 0, count: 65536)
        guard getgrnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return nil }
        return entry.gr_gid
    }

    /// Returns the number of a group.
    ///
    /// - Throws: ``EventSocket/Failure`` if there is no such group.
    static func number(_ name: String, for path: String) throws(EventSocket.Failure) -> gid_t {
        guard let number = number(name) else {
            throw EventSocket.Failure(description: "\(path): there is no group \"\(name)\"")
        }
        return number
    }
}

/// Identity of a socket's file, whatever its path.
private struct SocketIdentity: Equatable, Sendable {
    private let device: dev_t
    private let inode: ino_t

    init?(path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    init?(_ descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    private init?(_ status: stat) {
        guard status.st_mode & S_IFMT == S_IFSOCK else { return nil }
        device = status.st_dev
        inode = status.st_ino
    }
}
