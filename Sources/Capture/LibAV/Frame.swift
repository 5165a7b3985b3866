import CFFmpeg

/// Decoded frame, in the decoder's pixel format.
///
/// It belongs to its source, and is valid until the source reads the next frame.
package final class Frame {
    let handle: UnsafeMutablePointer<AVFrame>
    /// Media time (PTS) in seconds. It need not start at 0, and continues to increase where the time stamps of a file
    /// jump back.
    package internal(set) var time: Double = 0
    /// Change of the offset between ``time`` and the file's time stamps at this frame, in seconds. It is 0 unless they
    /// jump.
    package internal(set) var timeStep = 0.0
    /// Monotonic time at which its last packet was received, in seconds.
    package internal(set) var received: Double = 0
    /// Seconds spent on decoding since the frame before; `nil` if nothing was decoded.
    package internal(set) var decodeTime: Double?
    /// Rotation that shows the frame upright.
    package internal(set) var orientation: Orientation = .upright
    /// Pixel aspect ratio: width / height of a pixel.
    package internal(set) var pixelAspect = 1.0

    init() {
        guard let handle = av_frame_alloc() else { preconditionFailure("out of memory") }
        self.handle = handle
    }

    deinit {
        var handle: UnsafeMutablePointer<AVFrame>? = handle
        av_frame_free(&handle)
    }

    /// Releases the pixels.
    func clear() { av_frame_unref(handle) }

    /// Width of the stored frame, in pixels.
    package var width: Int { Int(handle.pointee.width) }
    /// Height of the stored frame, in pixels.
    package var height: Int { Int(handle.pointee.height) }

    /// Whether it is a key frame.
    package var isKey: Bool { cffmpeg_is_key_frame(handle) }

    /// Whether its data were incomplete.
    var isCutShort = false

    /// Whether the decoder concealed errors in it.
    var isCorrupt: Bool {
        isCutShort || handle.pointee.flags & AV_FRAME_FLAG_CORRUPT != 0 || handle.pointee.decode_error_flags != 0
    }

    /// Presentation time stamp, in the stream's time base.
    var timestamp: Int64? {
        [handle.pointee.pts, handle.pointee.best_effort_timestamp].first { $0 != cffmpeg_no_timestamp }
    }

    /// Pixel aspect ratio in the frame's own metadata, if any.
    var ownPixelAspect: Double? {
        let ratio = handle.pointee.sample_aspect_ratio
        return ratio.num > 0 && ratio.den > 0 ? av_q2d(ratio) : nil
    }

    /// Rotation in the frame's own metadata (EXIF of an image), if any.
    var ownOrientation: Orientation? {
        guard let data = av_frame_get_side_data(handle, AV_FRAME_DATA_DISPLAYMATRIX),
            data.pointee.size >= 9 * MemoryLayout<Int32>.size
        else { return nil }
        return Orientation(displayMatrix: UnsafeRawPointer(data.pointee.data))
    }
}
