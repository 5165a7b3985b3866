import CFFmpeg

/// A decoded frame, in whatever format the decoder has it.
///
/// It belongs to the source that gave it, and is valid until the source gives the next.
package final class Frame {
    let handle: UnsafeMutablePointer<AVFrame>
    /// Seconds, by the file's own time stamps. They need not start at 0. Where those of a file jump back, they go on.
    package internal(set) var time: Double = 0
    /// By how many seconds its time, and those after it, are given later than they would have been, because the file's
    /// time stamps jump. 0 nearly always.
    package internal(set) var timeStep = 0.0
    /// When the last of what it was decoded from had come, by the ``MonotonicClock``.
    package internal(set) var received: Double = 0
    /// Seconds that it took to decode what had to be decoded for it; `nil` if there was nothing to decode.
    package internal(set) var decodeTime: Double?
    /// How it has to be turned to stand upright.
    package internal(set) var orientation: Orientation = .upright
    /// The width of a pixel, in parts of its height.
    package internal(set) var pixelAspect = 1.0

    init() {
        guard let handle = av_frame_alloc() else { preconditionFailure("out of memory") }
        self.handle = handle
    }

    deinit {
        var handle: UnsafeMutablePointer<AVFrame>? = handle
        av_frame_free(&handle)
    }

    /// Lets go of the frame.
    func clear() { av_frame_unref(handle) }

    /// Pixels, as they are stored.
    package var width: Int { Int(handle.pointee.width) }
    /// Pixels, as they are stored.
    package var height: Int { Int(handle.pointee.height) }

    /// Whether it was decoded from itself alone.
    package var isKey: Bool { cffmpeg_is_key_frame(handle) }

    /// Whether data ended before the frame did.
    var isCutShort = false

    /// Whether the decoder had to make up a part of it.
    var isCorrupt: Bool {
        isCutShort || handle.pointee.flags & AV_FRAME_FLAG_CORRUPT != 0 || handle.pointee.decode_error_flags != 0
    }

    /// When it is to be shown, in the stream's time base.
    var timestamp: Int64? {
        [handle.pointee.pts, handle.pointee.best_effort_timestamp].first { $0 != cffmpeg_no_timestamp }
    }

    /// The shape of its pixels, if it says something about it.
    var ownPixelAspect: Double? {
        let ratio = handle.pointee.sample_aspect_ratio
        return ratio.num > 0 && ratio.den > 0 ? av_q2d(ratio) : nil
    }

    /// How the frame itself says it has to be turned (a photo's EXIF data).
    var ownOrientation: Orientation? {
        guard let data = av_frame_get_side_data(handle, AV_FRAME_DATA_DISPLAYMATRIX),
            data.pointee.size >= 9 * MemoryLayout<Int32>.size
        else { return nil }
        return Orientation(displayMatrix: UnsafeRawPointer(data.pointee.data))
    }
}
