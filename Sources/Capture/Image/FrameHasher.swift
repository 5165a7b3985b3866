import CFFmpeg

/// Computes hashes of frames, to detect bitwise equal frames.
///
/// It is libavutil's MurmurHash3 of the first plane (luma, or all components of a packed format) without the padding of
/// rows. A frame of 1920 × 1080 takes about half a millisecond. May be used by one thread at a time.
package final class FrameHasher {
    private let handle: OpaquePointer

    package init() {
        guard let handle = av_murmur3_alloc() else { preconditionFailure("out of memory") }
        self.handle = handle
    }

    deinit { av_free(UnsafeMutableRawPointer(handle)) }

    /// Returns the hash of a frame's first plane, size and format; `nil` if its pixels cannot be read.
    package func hash(_ frame: Frame) -> UInt64? {
        let frame = frame.handle.pointee
        let format = AVPixelFormat(rawValue: frame.format)
        let rowSize = av_image_get_linesize(format, frame.width, 0)
        guard rowSize > 0, frame.height > 0, let base = frame.data.0 else { return nil }
        let size = UInt64(UInt32(bitPattern: frame.width)) << 32 | UInt64(UInt32(bitPattern: frame.height))
        av_murmur3_init_seeded(handle, size ^ UInt64(UInt32(bitPattern: frame.format)) << 24)
        for row in 0..<Int(frame.height) {
            av_murmur3_update(handle, base + row * Int(frame.linesize.0), Int(rowSize))
        }
        var digest = [UInt8](repeating: 0, count: 16)
        av_murmur3_final(handle, &digest)
        return digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
