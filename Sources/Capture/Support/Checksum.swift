import Basics
import CFFmpeg
import Glibc

/// SHA-256 (FIPS 180-4), by libavutil, which is linked anyway.
package final class Checksum {
    private let handle: OpaquePointer

    package init() {
        guard let handle = av_sha_alloc() else { preconditionFailure("out of memory") }
        self.handle = handle
        av_sha_init(handle, 256)
    }

    deinit { av_free(UnsafeMutableRawPointer(handle)) }

    /// Goes on with more bytes.
    package func update(_ bytes: UnsafeRawBufferPointer) {
        av_sha_update(handle, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)
    }

    /// The sum of all that came, as 64 hexadecimal digits. Nothing may come after it.
    package func finish() -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        av_sha_final(handle, &digest)
        return digest.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// The sum of bytes that are in memory.
    package static func of(_ bytes: [UInt8]) -> String {
        let checksum = Checksum()
        bytes.withUnsafeBytes { bytes in
            // libavutil counts in `int` where `size_t` is new to it.
            for start in stride(from: 0, to: bytes.count, by: 1 << 24) {
                checksum.update(UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + 1 << 24, bytes.count)]))
            }
        }
        return checksum.finish()
    }

    /// The sum of a file.
    ///
    /// - Throws: ``SourceError/unreadable(_:)``.
    package static func ofFile(_ path: String) throws(SourceError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(systemPhrase(errno)) }
        defer { close(descriptor) }
        let checksum = Checksum()
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable(systemPhrase(errno)) }
            guard count > 0 else { return checksum.finish() }
            buffer.withUnsafeBytes { checksum.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
    }
}
