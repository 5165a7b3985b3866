import Basics
import CLinux
import Glibc

/// A Unix socket on which readers are waited for.
///
/// It is made under a temporary name, with its mode and group, and takes its own name by ``publish()``: whoever
/// connects finds the socket that was there before, or this one, and never none.
package final class ListeningSocket: Sendable {
    package let descriptor: Int32
    /// Where its file is to be; nil if it came from somebody else, who looks after it.
    private let path: String?
    /// Where its file is; nil if it has none, or none any more.
    private let boundPath: Mutex<String?>
    private let identity: SocketIdentity?

    /// Makes a socket. What a predecessor that was killed has left is replaced when it is published.
    ///
    /// - Parameter old: may be what listens there now.
    /// - Throws: ``EventSocket/Failure``.
    package init(
        path: String, mode: UInt32, group: String?, replacing old: ListeningSocket? = nil
    ) throws(EventSocket.Failure) {
        guard let address = UnixAddress(path) else {
            throw EventSocket.Failure(
                description: "\(path): a socket's path has at most \(UnixAddress.longestPath) bytes")
        }
        let owner = try group.map { name throws(EventSocket.Failure) in try SocketGroup.number(name, for: path) }
        try Self.requireFree(address, old)
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        self.path = path
        let temporaryPath = Self.temporaryPath(beside: path)
        var problem = descriptor < 0 ? errno : 0
        if problem == 0 { problem = Self.bind(descriptor, to: temporaryPath) }
        boundPath = Mutex(problem == 0 ? temporaryPath : nil)
        identity = problem == 0 ? SocketIdentity(path: temporaryPath) : nil
        // Nobody can connect before somebody listens.
        if problem == 0 { problem = Self.restrict(temporaryPath, identity, owner, mode) }
        if problem == 0, listen(descriptor, 128) != 0 { problem = errno }
        if problem != 0 {
            let advice =
                problem == EPERM && group != nil
                ? "; the program has to be in that group, and allowed to use it (man lookout)" : ""
            throw EventSocket.Failure(description: "\(path): cannot listen: \(systemPhrase(problem))\(advice)")
        }
    }

    /// Gives the socket its name. Whoever listened there is not found any more.
    ///
    /// - Throws: ``EventSocket/Failure``. Then what was there before still is.
    package func publish() throws(EventSocket.Failure) {
        let problem = boundPath.withLock { boundPath -> Int32 in
            guard let path, let temporaryPath = boundPath, temporaryPath != path else { return 0 }
            guard rename(temporaryPath, path) == 0 else { return errno }
            boundPath = path
            return 0
        }
        if problem != 0, let path {
            throw EventSocket.Failure(description: "\(path): cannot listen: \(systemPhrase(problem))")
        }
    }

    /// Takes over a socket on which somebody else listens already, as systemd does for its services.
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
        if descriptor >= 0 { close(descriptor) }
    }

    /// Removes its file, if it is still its own.
    package func remove() {
        boundPath.withLock { boundPath in
            guard let name = boundPath, let identity, SocketIdentity(path: name) == identity else { return }
            unlink(name)
            boundPath = nil
        }
    }

    private static func requireFree(_ address: UnixAddress, _ old: ListeningSocket?) throws(EventSocket.Failure) {
        var status = stat()
        guard lstat(address.path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw EventSocket.Failure(description: "\(address.path): is there already, and is no socket")
        }
        if let known = old?.identity, known == SocketIdentity(path: address.path) { return }
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        defer { close(probe) }
        // A full queue is somebody who listens, too.
        if address.connect(probe) == 0 || errno == EAGAIN {
            throw EventSocket.Failure(description: "\(address.path): another lookout listens there")
        }
    }

    /// A name in the same folder that nobody else uses.
    private static func temporaryPath(beside path: String) -> String {
        Folder.split(path).folder + "/." + String(UInt32.random(in: .min ... .max), radix: 36)
    }

    /// - Returns: 0, or the system's error number.
    private static func bind(_ descriptor: Int32, to path: String) -> Int32 {
        if let address = UnixAddress(path) { return address.bind(descriptor) == 0 ? 0 : errno }
        // The temporary name may be too long where the socket's own is not.
        let (name, folder) = (
            Folder.split(path).name, open(Folder.split(path).folder, clinux_o_path | O_DIRECTORY | O_CLOEXEC)
        )
        guard folder >= 0 else { return errno }
        defer { close(folder) }
        guard let address = UnixAddress("/proc/self/fd/\(folder)/\(name)") else { return ENAMETOOLONG }
        return address.bind(descriptor) == 0 ? 0 : errno
    }

    /// Sets the group and the mode of the very file that was made, whatever its name stands for by now.
    ///
    /// - Returns: 0, or the system's error number.
    private static func restrict(_ path: String, _ identity: SocketIdentity?, _ owner: gid_t?, _ mode: UInt32) -> Int32
    {
        let file = open(path, clinux_o_path | O_NOFOLLOW | O_CLOEXEC)
        guard file >= 0 else { return errno }
        defer { close(file) }
        guard let identity, SocketIdentity(file) == identity else { return EEXIST }
        if let owner, fchownat(file, "", uid_t.max, owner, clinux_at_empty_path) != 0 { return errno }
        // fchmod(2) refuses such a descriptor.
        return chmod("/proc/self/fd/\(file)", mode) == 0 ? 0 : errno
    }
}

/// Groups of users, by name or by number.
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

    static func number(_ name: String, for path: String) throws(EventSocket.Failure) -> gid_t {
        guard let number = number(name) else {
            throw EventSocket.Failure(description: "\(path): there is no group \"\(name)\"")
        }
        return number
    }
}

/// Which socket a path stands for.
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

/// The address of a Unix socket.
struct UnixAddress {
    let path: String
    private var address = sockaddr_un()

    static let longestPath = 107

    /// - Returns: nil if the path is too long.
    init?(_ path: String) {
        guard !path.isEmpty, path.utf8.count <= Self.longestPath else { return nil }
        self.path = path
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    }

    /// - Returns: 0, or -1 and `errno`.
    func bind(_ descriptor: Int32) -> Int32 { withAddress { Glibc.bind(descriptor, $0, $1) } }

    /// - Returns: 0, or -1 and `errno`.
    func connect(_ descriptor: Int32) -> Int32 { withAddress { Glibc.connect(descriptor, $0, $1) } }

    private func withAddress(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }
}
