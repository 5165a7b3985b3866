import Basics
import CLinux
import Glibc

/// Connection to the service manager: the protocol of sd_notify(3).
///
/// Thread-safe. Sending never blocks.
package final class Notifier: Sendable {
    private let socket: Int32
    private let address: UnixAddress

    /// Reason why a message could not be sent.
    package struct Failure: Error, Equatable, CustomStringConvertible {
        /// `errno`.
        package let number: Int32

        package var description: String { "cannot notify the service manager: \(systemPhrase(number))" }
    }

    /// - Parameter variable: the value of an environment variable.
    /// - Returns: `nil` without a service manager, as when the program was started by hand.
    package convenience init?(variable: (String) -> String?) {
        guard let text = variable("NOTIFY_SOCKET"), let address = UnixAddress(text) else { return nil }
        self.init(address)
    }

    /// - Returns: `nil` if no socket can be created.
    package init?(_ address: UnixAddress) {
        socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        self.address = address
        guard socket >= 0 else { return nil }
    }

    deinit { if socket >= 0 { close(socket) } }

    /// Sends messages in one datagram.
    ///
    /// - Throws: ``Failure``.
    package func send(_ messages: NotifierMessage...) throws(Failure) {
        let bytes = Array(messages.map(\.text).joined(separator: "\n").utf8)
        while true {
            let sent = address.withAddress { sendto(socket, bytes, bytes.count, clinux_msg_nosignal, $0, $1) }
            if sent >= 0 { return }
            guard errno == EINTR else { throw Failure(number: errno) }
        }
    }

    /// Current time for ``NotifierMessage/reloading(monotonicMicroseconds:)``.
    package static var monotonicMicroseconds: UInt64 {
        UInt64(MonotonicClock.nanoseconds / 1000)
    }
}

/// Message of a service to its manager; sd_notify(3).
package enum NotifierMessage: Equatable, Sendable {
    /// The service has started, or has reloaded its configuration.
    case ready
    /// Status for people, on one line.
    case status(String)
    /// The service makes progress.
    case watchdog
    /// The service starts to reload its configuration. The time is that of the monotonic clock, in microseconds. From it,
    /// the manager knows that the message follows its request.
    case reloading(monotonicMicroseconds: UInt64)
    /// The service starts to stop.
    case stopping
    /// Starting or stopping may take this many seconds more, from now on.
    case extendTimeout(seconds: Double)

    /// Lines of the message, each an assignment.
    var text: String {
        switch self {
        case .ready: "READY=1"
        case .status(let text): "STATUS=" + printable(text)  // so that the text contains no further assignment
        case .watchdog: "WATCHDOG=1"
        case .reloading(let time): "RELOADING=1\nMONOTONIC_USEC=\(time)"
        case .stopping: "STOPPING=1"
        case .extendTimeout(let seconds): "EXTEND_TIMEOUT_USEC=\(UInt64(max(0, min(seconds, 1e9)) * 1e6))"
        }
    }
}

/// Address of a Unix socket: a path, or an abstract name that begins with `@`.
package struct UnixAddress: Equatable, Sendable {
    /// Bytes without the zero that follows a path or replaces the `@`.
    private let name: [UInt8]
    private let isAbstract: Bool

    /// - Returns: `nil` if the text is neither, or too long.
    package init?(_ text: String) {
        guard let first = text.utf8.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "@") else { return nil }
        isAbstract = first == UInt8(ascii: "@")
        name = Array(isAbstract ? text.utf8.dropFirst() : text.utf8[...])
        guard !name.isEmpty, !name.contains(0), name.count < Self.capacity else { return nil }
    }

    private static let capacity = MemoryLayout.size(ofValue: sockaddr_un().sun_path)

    /// Calls `body` with the address for a system call.
    func withAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { path in
            // An abstract name begins with a zero byte and ends with its length, not with a zero.
            path[(isAbstract ? 1 : 0)...].copyBytes(from: name)
        }
        let length = MemoryLayout<sockaddr_un>.offset(of: \.sun_path).map { $0 + name.count + 1 } ?? 0
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(length)) }
        }
    }
}
