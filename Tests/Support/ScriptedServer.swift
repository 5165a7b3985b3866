import Basics
import Foundation
import Glibc

/// Scripted network camera: a server on loopback that answers each HTTP or RTSP request as a test needs it, and records
/// the requests.
package final class ScriptedServer: Sendable {
    /// Returns the response to a request.
    ///
    /// - Parameter request: request line and headers.
    /// - Returns: `nil` to close the connection.
    package typealias Answer = @Sendable (_ request: String) -> [UInt8]?

    private struct State {
        var listener: Int32
        var requests: [String] = []
        var connections = 0
        var isOver = false
    }

    package let port: UInt16
    private let answer: Answer
    private let state: Mutex<State>

    /// All requests so far, in order.
    package var requests: [String] { state.withLock(\.requests) }

    /// Number of accepted connections.
    package var connections: Int { state.withLock(\.connections) }

    /// Listens on a free port until ``stop()``.
    package init(_ answer: @escaping Answer) throws {
        let listener = try Loopback.listen(port: 0)
        port = Loopback.port(of: listener)
        self.answer = answer
        state = Mutex(State(listener: listener))
        Thread.detachNewThread { [self] in run() }
    }

    /// Stops listening. Open connections stay open.
    package func stop() {
        state.withLock { state in
            state.isOver = true
            Loopback.close(&state.listener)
        }
    }

    /// Composes an HTTP response.
    package static func http(_ status: String = "200 OK", headers: [String] = [], body: [UInt8] = []) -> [UInt8] {
        let lines = ["HTTP/1.1 \(status)", "Content-Length: \(body.count)", "Connection: close"] + headers
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
    }

    /// Composes the RTSP response to a request.
    package static func rtsp(_ status: String, to request: String, headers: [String] = [], body: String = "") -> [UInt8]
    {
        let sequence = request.components(separatedBy: "\r\n").first { $0.lowercased().hasPrefix("cseq:") } ?? "CSeq: 1"
        let length = body.isEmpty ? [] : ["Content-Length: \(body.utf8.count)"]
        return Array((["RTSP/1.0 \(status)", sequence] + headers + length).joined(separator: "\r\n").utf8)
            + Array("\r\n\r\n\(body)".utf8)
    }

    private func run() {
        while !state.withLock({ $0.isOver }) {
            let connection = state.withLock { state -> Int32 in
                let connection = Loopback.accept(state.listener)
                if connection >= 0 { state.connections += 1 }
                return connection
            }
            guard connection >= 0 else {
                Loopback.waitForConnection(state.withLock(\.listener))
                continue
            }
            Thread.detachNewThread { [self] in
                converse(connection)
                Glibc.close(connection)
            }
        }
    }

    /// Answers requests until the client closes the connection, or there is no response.
    private func converse(_ connection: Int32) {
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        while let request = read(connection) {
            state.withLock { $0.requests.append(request) }
            guard let bytes = answer(request), send(bytes, connection) else { return }
            if request.contains(" HTTP/1.") { return }
        }
    }

    private func read(_ connection: Int32) -> String? {
        var bytes: [UInt8] = []
        while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8), bytes.count < 16_384 {
            var byte: UInt8 = 0
            guard recv(connection, &byte, 1, 0) == 1 else { return nil }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func send(_ bytes: [UInt8], _ connection: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
