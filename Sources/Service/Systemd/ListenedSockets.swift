import Glibc

/// Sockets that the service manager passes to the service: sd_listen_fds(3).
package struct ListenedSockets: Equatable, Sendable {
    /// Listening socket.
    package struct Socket: Equatable, Sendable {
        package var descriptor: Int32
        /// `FileDescriptorName=` of the socket's unit, or systemd's default for it.
        package var name: String

        package init(descriptor: Int32, name: String) {
            self.descriptor = descriptor
            self.name = name
        }
    }

    /// Sockets in the order in which they were passed.
    package let sockets: [Socket]

    /// Descriptor of the first socket.
    static let start: Int32 = 3
    /// Limit that no manager reaches, below the limit of open files.
    private static let mostSockets: Int32 = 1024

    /// Takes the sockets, and closes them on exec.
    ///
    /// - Parameters:
    ///   - variable: the value of an environment variable.
    ///   - process: the ID of this process.
    package init(variable: (String) -> String?, process: Int32 = getpid()) {
        sockets = Self.announced(variable: variable, process: process).filter { socket in
            fcntl(socket.descriptor, F_SETFD, FD_CLOEXEC) == 0
        }
    }

    /// Returns the descriptor of the first socket with a name.
    package func descriptor(named name: String) -> Int32? { sockets.first { $0.name == name }?.descriptor }

    /// Reads the variables. Variables inherited from another process have that process's ID, and are ignored.
    static func announced(variable: (String) -> String?, process: Int32) -> [Socket] {
        guard variable("LISTEN_PID").flatMap({ Int32($0) }) == process,
            let count = variable("LISTEN_FDS").flatMap({ Int32($0) }), (1...mostSockets).contains(count)
        else { return [] }
        let names = variable("LISTEN_FDNAMES").map { $0.split(separator: ":", omittingEmptySubsequences: false) } ?? []
        return (0..<count).map { place in
            let name = Int(place) < names.count ? String(names[Int(place)]) : "unknown"
            return Socket(descriptor: start + place, name: name)
        }
    }
}
