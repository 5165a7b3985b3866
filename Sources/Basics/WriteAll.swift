import Glibc
import SystemPackage

/// A write that failed, and how much of it had succeeded by then.
package struct PartialWrite: Error, Equatable {
    /// Error of the system.
    package let error: Errno
    /// Bytes that were written before it.
    package let written: Int
}

/// Writes all bytes to a descriptor: goes on after a partial write, and after a signal.
///
/// - Parameter waitsForRoom: whether to wait where a descriptor that does not block is full (`EAGAIN`); otherwise that
///   is an error.
/// - Throws: ``PartialWrite``.
package func writeAll(
    _ bytes: [UInt8], to descriptor: Int32, waitsForRoom: Bool = false
) throws(PartialWrite) {
    var rest = bytes[...]
    while !rest.isEmpty {
        let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if written > 0 {
            rest = rest.dropFirst(written)
            continue
        }
        let error = written == 0 ? Errno.ioError : Errno(rawValue: errno)
        if error == .interrupted { continue }
        guard waitsForRoom, error == .wouldBlock else {
            throw PartialWrite(error: error, written: bytes.count - rest.count)
        }
        waitForRoom(descriptor)
    }
}

private func waitForRoom(_ descriptor: Int32) {
    var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    _ = poll(&entry, 1, -1)
}
