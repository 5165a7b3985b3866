import Basics
import Foundation
import Glibc
import TestSupport

/// A camera whose stream another program writes into a pipe.
final class PipeCamera: Sendable {
    private struct State {
        var writes = true
        var isOver = false
    }

    let path: String
    private let state = Mutex(State())

    /// A packet of a transport stream has so many bytes.
    private static let packet = 188

    /// - Parameters:
    ///   - bytes: a transport stream.
    ///   - seconds: how long it is.
    init(_ path: String, bytes: [UInt8], seconds: Double) throws {
        self.path = path
        guard mkfifo(path, 0o600) == 0 else { throw POSIXError(.EIO) }
        // For reading, too: so it is never at its end, and nobody has to read.
        let descriptor = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw POSIXError(.EIO) }
        Thread.detachNewThread { [self] in
            write(bytes, seconds, to: descriptor)
            close(descriptor)
        }
    }

    /// Goes on, or stops.
    func set(writes: Bool) { state.withLock { $0.writes = writes } }

    func stop() { state.withLock { $0.isOver = true } }

    /// Writes as fast as it was taken. What there is no room for is lost.
    private func write(_ bytes: [UInt8], _ seconds: Double, to descriptor: Int32) {
        let start = Date()
        var sent = 0
        while !state.withLock(\.isOver), sent < bytes.count {
            let packets = Int(Double(bytes.count) * Date().timeIntervalSince(start) / seconds) / Self.packet
            let due = min(bytes.count, packets * Self.packet)
            if state.withLock(\.writes), due > sent {
                _ = bytes[sent..<due].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            }
            sent = max(sent, due)
            usleep(20_000)
        }
    }
}
