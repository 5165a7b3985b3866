import Basics
import Glibc

/// A Unix socket on which readers are waited for.
final class ListeningSocket {
    let descriptor: Int32
    /// Where its file is; nil if it came from somebody else, who looks after it.
    private let path: String?
    private let identity: SocketIdentity?

    /// Makes a socket. What a predecessor that was killed has left is replaced; its mode and group are set before
    /// anybody can connect.
    ///
    /// - Throws: ``EventSocket/Failure``.
    init(path: String, mode: UInt32, group: String?) throws(EventSocket.Failure) {
        guard let address = UnixAddress(path) else {
            throw EventSocket.Failure(
                description: "\(path): a socket's path has at most \(UnixAddress.longestPath) bytes")
        }
        let owner = try group.map { name throws(EventSocket.Failure) in try Self.group(name, for: path) }
        try Self.makeRoom(address)
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        self.path = path
        var problem = descriptor < 0 ? errno : 0
        if problem == 0, address.bind(descriptor) != 0 { problem = errno }
        identity = problem == 0 ? SocketIdentity(path: path) : nil
        // Nobody can connect before somebody listens.
        if problem == 0, let owner, chown(path, uid_t.max, owner) != 0 { problem = errno }
        if problem == 0, chmod(path, mode) != 0 { problem = errno }
        if problem == 0, listen(descriptor, 128) != 0 { problem = errno }
        if problem != 0 {
            remove()
            if descriptor >= 0 { close(descriptor) }
            throw EventSocket.Failure(description: "\(path): cannot listen: \(systemPhrase(problem))")
        }
    }

    /// Takes over a socket on which somebody else listens already, as systemd does for its services.
    init(listening descriptor: Int32) {
        self.descriptor = descriptor
        path = nil
        identity = nil
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    deinit { close(descriptor) }

    /// Removes its file, if it is still its own.
    func remove() {
        guard let path, let identity, SocketIdentity(path: path) == identity else { return }
        unlink(path)
    }

    private static func makeRoom(_ address: UnixAddress) throws(EventSocket.Failure) {
        var status = stat()
        guard lstat(address.path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw EventSocket.Failure(description: "\(address.path): is there already, and is no socket")
        }
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        defer { close(probe) }
        // A full queue is somebody who listens, too.
        if address.connect(probe) == 0 || errno == EAGAIN {
            throw EventSocket.Failure(description: "\(address.path): another lookout listens there")
        }
        guard errno == ECONNREFUSED else { return }
        unlink(address.path)
    }

    private static func group(_ name: String, for path: String) throws(EventSocket.Failure) -> gid_t {
        if let number = gid_t(name) { return number }
        var entry = Glibc.group()
        var found: UnsafeMutablePointer<Glibc.group>?
        var buffer = [CChar](repeating: 0, count: 65536)
        guard getgrnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else {
            throw EventSocket.Failure(description: "\(path): there is no group \"\(name)\"")
        }
        return entry.gr_gid
    }
}

/// Which socket a path stands for.
private struct SocketIdentity: Equatable {
    private let device: dev_t
    private let number: ino_t

    init?(path: String) {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return nil }
        device = status.st_dev
        number = status.st_ino
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
