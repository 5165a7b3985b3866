import TestSupport
import Testing

@testable import Capture

/// A server that takes a connection and closes it is not said to have sent anything.
@Suite(.timeLimit(.minutes(10))) struct ClosedConnectionTests {
    private static let silence = "it closed the connection without sending anything"

    @Test(arguments: ["http", "https", "rtsp", "rtsps", "rtmp"])
    func aServerThatHangsUpWhenItIsAsked(_ scheme: String) throws {
        let listener = try FaultServer(.hangUp([], seconds: 1, after: 0))
        defer { listener.stop() }
        #expect(reason("\(scheme)://127.0.0.1:\(listener.port)/live") == Self.silence)
    }

    @Test(arguments: ["http", "rtsp"])
    func aServerThatReadsARequestAndHangsUp(_ scheme: String) throws {
        let server = try ScriptedServer { _ in nil }
        defer { server.stop() }
        #expect(reason("\(scheme)://127.0.0.1:\(server.port)/live") == Self.silence)
        #expect(server.requests.count > 0)
    }

    @Test func aPlainStreamThatEndsBeforeItBegins() throws {
        let server = try FaultServer(.hangUp([], seconds: 1, after: 0))
        defer { server.stop() }
        #expect(reason(server.url) == Self.silence)
    }

    @Test func whatSendsSomethingThatIsNoVideoIsStillSaidToDoThat() throws {
        let server = try FaultServer(.hangUp(FaultServer.rubbish(20_000), seconds: 0.01, after: 10))
        defer { server.stop() }
        #expect(reason(server.url) == "the stream is not a video in a known format")
    }

    /// - Returns: why the source cannot be opened.
    private func reason(_ url: String) -> String {
        do {
            let source = StreamSource(
                url: try StreamURL(url), sampling: .all, options: StreamOptions(connectTimeout: 5, readTimeout: 5),
                interruption: CancellationToken())
            try source.open()
            return "opened"
        } catch {
            return "\(error)"
        }
    }
}
