import CFFmpeg

/// Computes hashes of frames, by which frames that are equal bit for bit are told from others.
///
/// It is MurmurHash3 by libavutil over the first plane, where the luma is, or all of a packed format: a frame of
/// 1920 × 1080 takes about half a millisecond. Padding between rows does not count. Used by one thread at a time.
package final class FrameHasher {
    private let handle: OpaquePointer

    package init() {
        guard let handle = av_murmur3_alloc() else { preconditionFailure("out of memory") }
        self.handle = handle
    }

    deinit { av_free(UnsafeMutableRawPointer(handle)) }

    /// The hash of a frame's first plane, its size and its format; `nil` if its pixels cannot be read.
    package func hash(_ frame: Frame) -> UInt64? {
        let picture = frame.handle.pointee
        let format = AVPixelFormat(rawValue: picture.format)
        let rowSize = av_image_get_linesize(format, picture.width, 0)
        guard rowSize > 0, picture.height > 0, let base = picture.data.0 else { return nil }
        let size = UInt64(UInt32(bitPattern: picture.width)) << 32 | UInt64(UInt32(bitPattern: picture.height))
        av_murmur3_init_seeded(handle, size ^ UInt64(UInt32(bitPattern: picture.format)) << 24)
        for row in 0..<Int(picture.height) {
            av_murmur3_update(handle, base + row * Int(picture.linesize.0), Int(rowSize))
        }
        var digest = [UInt8](repeating: 0, count: 16)
        av_murmur3_final(handle, &digest)
        return digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
