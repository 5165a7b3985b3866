import TestSupport
import Testing

@testable import Capture

/// Servers that refuse a login are told apart from those that are away.
@Suite(.timeLimit(.minutes(10))) struct LoginRefusalTests {
    @Test(arguments: [
        (401, "Unauthorized"), (403, "Forbidden"), (453, "Not Enough Bandwidth"), (454, "Session Not Found"),
    ])
    func anRTSPServerThatRefuses(_ status: Int, _ phrase: String) throws {
        #expect(try refusal(by: "rtsp") { ScriptedServer.rtsp("\(status) \(phrase)", to: $0) } == status)
    }

    @Test(arguments: [(401, "Unauthorized"), (403, "Forbidden")])
    func anHTTPServerThatRefuses(_ status: Int, _ phrase: String) throws {
        #expect(try refusal(by: "http") { _ in ScriptedServer.http("\(status) \(phrase)") } == status)
    }

    @Test(arguments: ["404 Not Found", "500 453", "503 Busy", "459 failed: 453"])
    func otherAnswersAreNoRefusal(_ status: String) throws {
        #expect(try refusal(by: "rtsp") { ScriptedServer.rtsp(status, to: $0) } == nil)
    }

    /// - Returns: the status of a refusal; `nil` if the source failed in another way.
    private func refusal(by scheme: String, _ answer: @escaping ScriptedServer.Answer) throws -> Int? {
        let server = try ScriptedServer(answer)
        defer { server.stop() }
        let source = StreamSource(
            url: try StreamURL("\(scheme)://user:word@127.0.0.1:\(server.port)/live"), sampling: .all,
            options: StreamOptions(), interruption: CancellationToken())
        do {
            try source.open()
        } catch SourceError.refused(let status, let reason) {
            #expect(reason.contains("\(status)") && reason.hasPrefix("login refused: "), "\(reason)")
            return status
        } catch {
            return nil
        }
        return nil
    }
}
