import Foundation
import Glibc

/// TCP sockets on loopback.
///
/// Child processes do not inherit them: a socket that another process holds would stay open.
package enum Loopback {
    /// Creates a listening socket.
    ///
    /// - Parameter port: 0 for any free port.
    /// - Returns: a non-blocking socket.
    /// - Throws: `POSIXError`.
    static func listen(port: UInt16) throws -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_INET, kind, 0)
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = address(port)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0, Glibc.listen(descriptor, 16) == 0 else {
            Glibc.close(descriptor)
            throw POSIXError(.EADDRINUSE)
        }
        return descriptor
    }

    /// Accepts a connection, if one is pending.
    ///
    /// - Returns: its socket; negative if there is none.
    static func accept(_ listener: Int32) -> Int32 {
        let connection = listener >= 0 ? Glibc.accept(listener, nil, nil) : -1
        if connection >= 0 { _ = fcntl(connection, F_SETFD, FD_CLOEXEC) }
        return connection
    }

    /// Waits for a connection, for 10 ms at most: the caller then checks what it does.
    ///
    /// - Parameter listener: -1 if there is none.
    static func waitForConnection(_ listener: Int32) {
        var state = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
        poll(&state, 1, 10)
    }

    /// Returns the port of a socket.
    static func port(of descriptor: Int32) -> UInt16 {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        return UInt16(bigEndian: address.sin_port)
    }

    /// Returns a free port.
    package static func freePort() throws -> UInt16 {
        var descriptor = try listen(port: 0)
        defer { close(&descriptor) }
        return port(of: descriptor)
    }

    /// Whether a port has a listener or a connection. Does not connect (proc(5), `/proc/net/tcp`).
    ///
    /// - Parameter process: a process in the network namespace; `nil` for the one of the test.
    package static func isServed(port: UInt16, by process: Int32? = nil) -> Bool {
        let folder = process.map { "/proc/\($0)/net" } ?? "/proc/net"
        guard let table = try? String(contentsOfFile: folder + "/tcp", encoding: .utf8) else { return false }
        let digits = String(port, radix: 16, uppercase: true)
        let end = ":" + String(repeating: "0", count: 4 - digits.count) + digits
        return table.split(separator: "\n").dropFirst().contains { line in
            let fields = line.split(separator: " ")
            return fields.count > 3 && fields[1].hasSuffix(end) && ["0A", "01"].contains(fields[3])
        }
    }

    /// Closes a socket, and sets it to -1.
    static func close(_ descriptor: inout Int32) {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    private static func address(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
