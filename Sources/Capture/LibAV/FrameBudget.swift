import Basics
import CFFmpeg
import Glibc

/// Limits the memory of a decoder's frames: the size of each, and the sum of all live frames.
///
/// A few kilobytes of H.264 can demand sixteen frames of 8192x8192 pixels: gigabytes, which would take down all other
/// sources, too. May be used from any thread.
final class FrameBudget: Sendable {
    private struct State {
        var bytes = 0
        var excess: String?
    }

    private let largest: PixelSize
    private let state = Mutex(State())

    /// Live frames of the largest size that fit the budget: the reference frames of H.264 level 5.1 at 4096x2304, the
    /// frame being decoded, the frame being processed, and one that waits.
    private static let frames = 8
    /// Bytes of two pixels in the usual format (4:2:0, 8 bits).
    private static let bytesForTwoPixels = 3

    /// - Parameter largest: frames may have at most as many pixels as this size.
    init(largest: PixelSize) { self.largest = largest }

    /// Error message if a frame was refused.
    var excess: String? { state.withLock(\.excess) }

    /// Most pixels of a frame.
    var pixels: Int { largest.width * largest.height }

    /// Most bytes of all live frames.
    private var limit: Int { pixels * Self.bytesForTwoPixels / 2 * Self.frames }

    /// - Returns: an error message if frames of a size are too large; otherwise `nil`.
    func refusal(of size: PixelSize) -> String? {
        guard size.width * size.height > pixels else { return nil }
        return
            "its frames of \(size) are larger than max_frame_size, which is \(largest); choose a smaller stream of the "
            + "camera, or raise max_frame_size"
    }

    /// Applies the budget to a decoder before it is opened. The budget has to outlive the decoder.
    func bound(_ context: UnsafeMutablePointer<AVCodecContext>) {
        context.pointee.opaque = Unmanaged.passUnretained(self).toOpaque()
        context.pointee.get_buffer2 = { context, frame, flags in
            guard let context, let frame, let opaque = context.pointee.opaque else { return AVFailure.invalidData }
            return Unmanaged<FrameBudget>.fromOpaque(opaque).takeUnretainedValue().allocate(context, frame, flags)
        }
        // Decoders of external libraries allocate their frames themselves, up to ten.
        if context.pointee.codec.pointee.capabilities & cffmpeg_takes_buffers == 0 {
            context.pointee.max_pixels = Int64(pixels)
        }
    }

    private func allocate(
        _ context: UnsafeMutablePointer<AVCodecContext>, _ frame: UnsafeMutablePointer<AVFrame>, _ flags: Int32
    ) -> Int32 {
        let size = PixelSize(width: Int(frame.pointee.width), height: Int(frame.pointee.height))
        if let refusal = refusal(of: size) { return refuse(refusal) }
        let result = avcodec_default_get_buffer2(context, frame, flags)
        guard result >= 0 else { return result }
        let bytes = cffmpeg_buffer_size(frame)
        let fits = state.withLock { state -> Bool in
            guard state.bytes + bytes <= limit else { return false }
            state.bytes += bytes
            return true
        }
        guard fits else {
            av_frame_unref(frame)
            return refuse(
                "its decoder needs more memory for frames of \(size) than \(Self.frames) frames of max_frame_size, which is "
                    + "\(largest); choose a smaller stream of the camera, or raise max_frame_size")
        }
        return LiveFrame.attach(to: frame, bytes: bytes, of: self)
    }

    private func refuse(_ reason: String) -> Int32 {
        state.withLock { $0.excess = reason }
        return cffmpeg_error_no_memory
    }

    fileprivate func release(_ bytes: Int) { state.withLock { $0.bytes -= bytes } }
}

/// Memory of one live frame. Returns it to the budget when its last reference is released.
private final class LiveFrame {
    private var buffer: UnsafeMutablePointer<AVBufferRef>?
    private let bytes: Int
    private let budget: FrameBudget

    private init(_ buffer: UnsafeMutablePointer<AVBufferRef>, bytes: Int, budget: FrameBudget) {
        self.buffer = buffer
        self.bytes = bytes
        self.budget = budget
    }

    deinit {
        av_buffer_unref(&buffer)
        budget.release(bytes)
    }

    /// Wraps the frame's first buffer in one that owns a `LiveFrame`.
    ///
    /// - Returns: 0, or an error code of FFmpeg.
    static func attach(to frame: UnsafeMutablePointer<AVFrame>, bytes: Int, of budget: FrameBudget) -> Int32 {
        guard let buffer = frame.pointee.buf.0 else { return AVFailure.invalidData }
        let live = Unmanaged.passRetained(LiveFrame(buffer, bytes: bytes, budget: budget))
        let wrapped = av_buffer_create(
            buffer.pointee.data, buffer.pointee.size,
            { opaque, _ in if let opaque { Unmanaged<LiveFrame>.fromOpaque(opaque).release() } }, live.toOpaque(), 0)
        guard let wrapped else { preconditionFailure("out of memory") }
        frame.pointee.buf.0 = wrapped
        return 0
    }
}
