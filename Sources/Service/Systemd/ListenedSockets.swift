import Glibc

/// Sockets that the service manager has opened for the service, and passes to it: sd_listen_fds(3).
package struct ListenedSockets: Equatable, Sendable {
    /// One of them.
    package struct Socket: Equatable, Sendable {
        package var descriptor: Int32
        /// `FileDescriptorName=` of the socket's unit, or what systemd calls it otherwise.
        package var name: String

        package init(descriptor: Int32, name: String) {
            self.descriptor = descriptor
            self.name = name
        }
    }

    /// In the order in which they were passed.
    package let sockets: [Socket]

    /// The descriptor of the first one.
    static let start: Int32 = 3
    /// More than anybody passes, and less than anybody may have open.
    private static let mostSockets: Int32 = 1024

    /// Takes them. From here on, no program that is started gets them too.
    ///
    /// - Parameters:
    ///   - variable: the value of an environment variable.
    ///   - process: the number of this process.
    package init(variable: (String) -> String?, process: Int32 = getpid()) {
        sockets = Self.announced(variable: variable, process: process).filter { socket in
            fcntl(socket.descriptor, F_SETFD, FD_CLOEXEC) == 0
        }
    }

    /// The descriptor of the first socket of that name.
    package func descriptor(named name: String) -> Int32? { sockets.first { $0.name == name }?.descriptor }

    /// What the variables say. They may have been left over by somebody else: then they name another process.
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
