import Basics
import Glibc
import TestSupport
import Testing

@testable import Service

/// Metrics over HTTP, and clients that do what they should not.
@Suite(.timeLimit(.minutes(10))) struct MetricsServerTests {
    private static let pages = MetricsPages(
        metrics: { "lookout_lanes 2\n" },
        readiness: { Readiness(hasModel: false, failures: [], sources: [("door", .live)]) })

    @Test(arguments: [
        ("GET", "/metrics", 200, "lookout_lanes 2\n"), ("HEAD", "/metrics", 200, "lookout_lanes 2\n"),
        ("GET", "/metrics?x=1", 200, "lookout_lanes 2\n"), ("GET", "/healthz", 200, "alive\n"),
        ("GET", "/readyz", 503, "no model is loaded\n"), ("POST", "/metrics", 405, "The methods are GET and HEAD.\n"),
        ("GET", "/", 404, "The pages are /metrics, /healthz and /readyz.\n"),
        ("GET", "", 404, "The pages are /metrics, /healthz and /readyz.\n"),
        ("GET", "/metrics/", 404, "The pages are /metrics, /healthz and /readyz.\n"),
    ])
    func everyPageHasItsAnswer(method: String, target: String, status: Int, body: String) {
        let answer = Self.pages.answer(method: method, target: target)
        #expect(answer.status == status)
        #expect(answer.body == body)
    }

    @Test func itAnswersOverTCP() throws {
        try Self.withServer { port in
            let answer = Client(port: port)?.ask("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n") ?? ""
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.contains("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"))
            #expect(answer.hasSuffix("\r\n\r\nlookout_lanes 2\n"))
            let head = Client(port: port)?.ask("HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n") ?? ""
            #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n") && head.hasSuffix("\r\n\r\n"))
            #expect(Client(port: port)?.ask("GET /readyz HTTP/1.0\r\n\r\n").contains(" 503 ") == true)
        }
    }

    @Test func itAnswersOnAUnixSocket() throws {
        let path = "/tmp/lookout-metrics-\(getpid()).sock"
        for _ in 0..<2 {  // the second time, there is one that was left over
            let server = try MetricsServer(.path(path), pages: Self.pages)
            try server.publish()
            #expect(Client(path: path)?.ask("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").hasSuffix("alive\n") == true)
            server.stop()
        }
        unlink(path)
    }

    @Test func whoAsksForTooMuchIsCutOff() throws {
        try Self.withServer { port in
            let long = "GET /metrics HTTP/1.1\r\nX: " + String(repeating: "x", count: 9000) + "\r\n\r\n"
            #expect(Client(port: port)?.ask(long).contains("200 OK") == false)
            #expect(Client(port: port)?.ask("nonsense\r\n\r\n").contains("200 OK") == false)
        }
    }

    @Test func whoIsSlowIsCutOff() throws {
        try Self.withServer(seconds: 1) { port in
            let silent = (0..<16).compactMap { _ in Client(port: port) }
            #expect(silent.count == 16)
            for client in silent { #expect(client.ask("") == "") }
        }
    }

    /// They connect, begin a request, and say no more.
    @Test func fourHundredHalfOpenRequestsDoNotKeepAnybodyFromAnAnswer() throws {
        try Self.withServer(seconds: 600) { port in
            var silent: [Client] = []
            for number in 1...400 {
                let client = try #require(Client(port: port))
                client.say(number.isMultiple(of: 2) ? "GET /metrics HTTP/1.1\r\nHost:" : "")
                silent.append(client)
                if number.isMultiple(of: 50) {
                    let answer = Client(port: port)?.ask("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                    #expect(answer?.hasSuffix("alive\n") == true, "after \(number)")
                }
            }
            // The newest are still there: they may be about to ask.
            #expect(silent[399].ask(" x\r\n\r\n").hasSuffix("lookout_lanes 2\n"))
        }
    }

    @Test func aUnixSocketIsFoundWhenItIsPublishedAndTheOldOneUntilThen() throws {
        let path = "/tmp/lookout-metrics-\(UInt32.random(in: .min ... .max)).sock"
        let old = try MetricsServer(.path(path), pages: Self.pages)
        try old.publish()
        let pages = MetricsPages(
            metrics: { "new" }, readiness: { Readiness(hasModel: true, failures: [], sources: []) })
        do {
            _ = try MetricsServer(.path(path), pages: pages, replacing: old)
            #expect(Client(path: path)?.ask("GET /metrics HTTP/1.0\r\n\r\n").hasSuffix("lookout_lanes 2\n") == true)
        }
        let new = try MetricsServer(.path(path), pages: pages, replacing: old)
        try new.publish()
        old.stop()
        #expect(Client(path: path)?.ask("GET /metrics HTTP/1.0\r\n\r\n").hasSuffix("\r\n\r\nnew") == true)
        new.stop()
        #expect(access(path, F_OK) != 0)
    }

    @Test func aPortThatIsTakenIsAnError() throws {
        try Self.withServer { port in
            let error = #expect(throws: MetricsServer.Failure.self) {
                _ = try MetricsServer(.loopback(host: "127.0.0.1", port: port), pages: Self.pages)
            }
            #expect(error?.description == "metrics cannot be served on 127.0.0.1:\(port): address already in use")
        }
    }

    private static func withServer(seconds: Double = 5, _ body: (Int) throws -> Void) throws {
        var limits = MetricsServer.Limits()
        limits.seconds = seconds
        let server = try MetricsServer(.loopback(host: "127.0.0.1", port: 0), pages: pages, limits: limits)
        defer { server.stop() }
        try body(try #require(server.port))
    }
}

/// Asks what it is told to ask.
private final class Client {
    private let socket: Int32

    init?(port: Int) {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { return nil }
    }

    init?(path: String) {
        socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard let address = UnixAddress(path), address.withAddress({ connect(socket, $0, $1) }) == 0 else { return nil }
    }

    deinit { close(socket) }

    func say(_ text: String) {
        let bytes = Array(text.utf8)
        _ = send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Says something, and returns all that comes until the other end closes.
    func ask(_ text: String) -> String {
        say(text)
        var answer: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4096)
        while case let count = recv(socket, &part, part.count, 0), count > 0 { answer += part.prefix(count) }
        return String(decoding: answer, as: UTF8.self)
    }
}
