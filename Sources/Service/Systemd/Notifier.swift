import Basics
import CLinux
import Glibc

/// Tells the service manager how the service is doing: the protocol of sd_notify(3).
///
/// Any thread may use it. A manager that does not listen never keeps the service waiting.
package final class Notifier: Sendable {
    private let socket: Int32
    private let address: UnixAddress

    /// A message that did not get through.
    package struct Failure: Error, Equatable, CustomStringConvertible {
        /// What the system said.
        package let number: Int32

        package var description: String { "the service manager cannot be told anything: \(systemPhrase(number))" }
    }

    /// - Parameter variable: the value of an environment variable.
    /// - Returns: `nil` if nobody wants to be told anything, as when the program was started by hand.
    package convenience init?(variable: (String) -> String?) {
        guard let text = variable("NOTIFY_SOCKET"), let address = UnixAddress(text) else { return nil }
        self.init(address)
    }

    /// - Returns: `nil` if the system has no socket to spare.
    package init?(_ address: UnixAddress) {
        socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        self.address = address
        guard socket >= 0 else { return nil }
    }

    deinit { if socket >= 0 { close(socket) } }

    /// Sends messages, all at once.
    ///
    /// - Throws: ``Failure``. The service can go on without.
    package func send(_ messages: NotifierMessage...) throws(Failure) {
        let bytes = Array(messages.map(\.text).joined(separator: "\n").utf8)
        while true {
            let sent = address.withAddress { sendto(socket, bytes, bytes.count, clinux_msg_nosignal, $0, $1) }
            if sent >= 0 { return }
            guard errno == EINTR else { throw Failure(number: errno) }
        }
    }

    /// The time for ``NotifierMessage/reloading(monotonicMicroseconds:)``.
    package static var monotonicMicroseconds: UInt64 {
        UInt64(MonotonicClock.nanoseconds / 1000)
    }
}
