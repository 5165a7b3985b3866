import Basics
import FoundationEssentials
import Glibc

/// Client of an ``EventSocket``: sends a request and reads event records. Not thread-safe.
package final class EventConnection {
    private let path: String
    private let descriptor: Int32
    private var bytes: [UInt8] = []
    private var start = 0

    /// Connects to a socket.
    ///
    /// - Throws: ``EventSocket/Failure`` if the connection fails.
    package init(_ path: String) throws(EventSocket.Failure) {
        self.path = path
        guard let address = UnixAddress(path: path) else {
            throw EventSocket.Failure(
                description: "\(path): a socket's path has at most \(UnixAddress.longestPath) bytes")
        }
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0, address.connect(descriptor) == 0 else {
            let error = errno
            close(descriptor)
            throw EventSocket.Failure(description: "\(path): \(systemPhrase(error))")
        }
    }

    deinit { close(descriptor) }

    /// Sends the request. To be called once.
    ///
    /// - Throws: ``EventSocket/Failure`` if it cannot be sent.
    package func send(_ request: JSONLine) throws(EventSocket.Failure) {
        let line = request.line
        let sent = line.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        if sent != line.count { throw EventSocket.Failure(description: "\(path): \(systemPhrase(errno))") }
    }

    /// Returns the next record with its line feed; nil when the connection is closed.
    ///
    /// - Parameter waits: waits for a descriptor to become readable, for so many seconds. Returns whether it is
    ///   readable.
    package func next(waits: (Int32, Double) throws -> Bool) rethrows -> [UInt8]? {
        while true {
            if let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return Array(bytes[start...end])
            }
            guard try waits(descriptor, 1) else { continue }
            guard receive() else { return nil }
        }
    }

    private func receive() -> Bool {
        bytes.removeFirst(start)
        start = 0
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        if count < 0, errno == EINTR { return true }
        guard count > 0 else { return false }
        bytes += buffer[..<count]
        return true
    }

    /// Returns the message of an `error` line, after which the server closes the connection; nil for any other line.
    package static func complaint(in line: [UInt8]) -> String? {
        struct Complaint: Decodable { var type: String, message: String }
        let complaint = try? JSONDecoder().decode(Complaint.self, from: Data(line))
        return complaint?.type == "error" ? complaint?.message : nil
    }
}
