import Basics
import Capture
import Glibc
import Testing

@testable import Service

/// What the service manager hears.
@Suite(.timeLimit(.minutes(10))) struct NotifierTests {
    @Test(arguments: [
        (NotifierMessage.ready, "READY=1"),
        (.status("door 5.0 fps"), "STATUS=door 5.0 fps"),
        (.status("door\nREADY=1\u{7F}"), "STATUS=door\\nREADY=1\\u{7f}"),
        (.watchdog, "WATCHDOG=1"),
        (.reloading(monotonicMicroseconds: 12_345), "RELOADING=1\nMONOTONIC_USEC=12345"),
        (.stopping, "STOPPING=1"),
        (.extendTimeout(seconds: 2.5), "EXTEND_TIMEOUT_USEC=2500000"),
        (.extendTimeout(seconds: -1), "EXTEND_TIMEOUT_USEC=0"),
    ])
    func everyMessageIsAnAssignment(message: NotifierMessage, text: String) { #expect(message.text == text) }

    @Test(arguments: [nil, "", "relative", "vsock:2:1234", "/", "/" + String(repeating: "x", count: 107)])
    func whatIsNoAddressIsNotSpokenTo(text: String?) {
        let notifier = Notifier { name in name == "NOTIFY_SOCKET" ? text : nil }
        // A lone slash is an address, of something that cannot be spoken to.
        #expect((notifier == nil) == (text != "/"))
    }

    /// A path, and a name that is in no file system.
    @Test(arguments: ["/tmp/lookout-notify-\(getpid())", "@lookout-notify-\(getpid())"])
    func theManagerHearsEverythingAtOnce(address: String) throws {
        let manager = try #require(Manager(address))
        let notifier = try #require(Notifier { _ in address })
        try notifier.send(.ready, .status("2 sources"))
        try notifier.send(.watchdog)
        #expect(manager.next() == "READY=1\nSTATUS=2 sources")
        #expect(manager.next() == "WATCHDOG=1")
    }

    @Test func aManagerThatIsGoneIsAnErrorAndNoMore() throws {
        let notifier = try #require(Notifier { _ in "@nobody-\(getpid())" })
        #expect(throws: Notifier.Failure(number: ECONNREFUSED)) { try notifier.send(.ready) }
    }

    @Test func aManagerThatDoesNotListenKeepsNobodyWaiting() throws {
        let address = "@deaf-\(getpid())"
        let manager = try #require(Manager(address))
        let notifier = try #require(Notifier { _ in address })
        #expect(throws: Notifier.Failure(number: EAGAIN)) {
            for _ in 0..<10_000 { try notifier.send(.status(String(repeating: "x", count: 1000))) }
        }
        _ = manager
    }

    @Test func theTimeOfAReloadIsTheMonotonicClocks() {
        let before = MonotonicClock.now
        let time = Double(Notifier.monotonicMicroseconds) / 1e6
        #expect((before - 1e-5...MonotonicClock.now + 1e-5).contains(time))
    }
}

/// Listens at an address as the service manager does.
private final class Manager {
    private let socket: Int32
    private let path: String

    init?(_ path: String) {
        self.path = path
        socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        guard let address = UnixAddress(path), address.withAddress({ bind(socket, $0, $1) }) == 0 else { return nil }
    }

    deinit {
        close(socket)
        unlink(path)
    }

    func next() -> String {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(socket, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
