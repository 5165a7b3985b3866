import Basics
import Foundation
import Glibc
import TestSupport

/// Camera whose stream is written into a named pipe.
final class PipeCamera: Sendable {
    private struct State {
        var writes = true
        var isOver = false
    }

    let path: String
    private let state = Mutex(State())

    /// Size of a packet of a transport stream, in bytes.
    private static let packet = 188

    /// Creates the pipe and begins to write.
    ///
    /// - Parameters:
    ///   - path: path of the new pipe.
    ///   - bytes: transport stream.
    ///   - seconds: its duration.
    /// - Throws: `POSIXError`.
    init(_ path: String, bytes: [UInt8], seconds: Double) throws {
        self.path = path
        guard mkfifo(path, 0o600) == 0 else { throw POSIXError(.EIO) }
        // Open for reading, too: readers find no end of file, and writing needs no reader.
        let descriptor = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw POSIXError(.EIO) }
        Thread.detachNewThread { [self] in
            write(bytes, seconds, to: descriptor)
            close(descriptor)
        }
    }

    /// Pauses or resumes the stream.
    func set(writes: Bool) { state.withLock { $0.writes = writes } }

    func stop() { state.withLock { $0.isOver = true } }

    /// Writes in real time. Bytes for which the pipe has no room are lost.
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
            usleep(20_000)  // the interval of packets
        }
    }
}
