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
