import Foundation
import Glibc

/// Asks a service over a Unix socket, as Prometheus would over a port.
enum HTTPClient {
    /// The answer's status and body.
    static func get(_ target: String, socket path: String) -> (status: Int, body: String)? {
        guard let descriptor = connect(path) else { return nil }
        defer { close(descriptor) }
        let request = Array("GET \(target) HTTP/1.0\r\n\r\n".utf8)
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else { return nil }
        var answer: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65536)
        while case let count = recv(descriptor, &part, part.count, 0), count > 0 { answer += part.prefix(count) }
        let text = String(decoding: answer, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n"), let status = Int(text.dropFirst(9).prefix(3)) else { return nil }
        return (status, String(text[end.upperBound...]))
    }

    /// - Returns: nil if nobody listens.
    static func connect(_ path: String) -> Int32? {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if result == 0 { return descriptor }
        close(descriptor)
        return nil
    }
}

/// Reads events from a service's socket, and never lets go.
final class EventReader {
    private let descriptor: Int32
    private var text: [UInt8] = []
    /// Whether the service has let go.
    private(set) var isCutOff = false

    init?(_ path: String) {
        guard let descriptor = HTTPClient.connect(path) else { return nil }
        self.descriptor = descriptor
        let request = Array("{\"since\":0}\n".utf8)
        _ = send(descriptor, request, request.count, Int32(MSG_NOSIGNAL))
    }

    deinit { close(descriptor) }

    /// Takes what has come.
    func read() {
        var part = [UInt8](repeating: 0, count: 65536)
        while !isCutOff {
            let count = recv(descriptor, &part, part.count, Int32(MSG_DONTWAIT))
            guard count > 0 else {
                isCutOff = count == 0
                return
            }
            text += part.prefix(count)
        }
    }

    /// The lines that have come, without the last if it is not whole.
    var lines: [String] {
        String(decoding: text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(
            String.init)
    }
}
