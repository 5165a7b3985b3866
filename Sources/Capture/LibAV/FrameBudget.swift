import Basics
import CFFmpeg
import Glibc

/// Bounds the memory of the frames that one decoder makes and keeps: the size of each, and all that are alive.
///
/// A few kilobytes of H.264 can ask for frames of 8192x8192 and for sixteen of them to be kept: gigabytes, which
/// would be the end of every other source, too. May be used from any thread.
final class FrameBudget: Sendable {
    private struct State {
        var bytes = 0
        var excess: String?
    }

    private let largest: PixelSize
    private let state = Mutex(State())

    /// So many of the largest frames may be alive: what level 5.1 of H.264 keeps of frames of 4096x2304, the one
    /// that is decoded, the one that is handed on, and one for those that wait for their turn.
    private static let frames = 8
    /// Bytes for two pixels of the usual format (4:2:0 with 8 bits).
    private static let bytesForTwoPixels = 3

    /// - Parameter largest: no frame has more pixels.
    init(largest: PixelSize) { self.largest = largest }

    /// Why a frame was refused, if one was.
    var excess: String? { state.withLock(\.excess) }

    /// The number of pixels that no frame exceeds.
    var pixels: Int { largest.width * largest.height }

    private var limit: Int { pixels * Self.bytesForTwoPixels / 2 * Self.frames }

    /// - Returns: why frames of a size are refused; `nil` if they are not.
    func refusal(of size: PixelSize) -> String? {
        guard size.width * size.height > pixels else { return nil }
        return
            "its frames of \(size) are larger than max_frame_size, which is \(largest); choose a smaller stream of the "
            + "camera, or raise max_frame_size"
    }

    /// Makes a decoder ask before it makes a frame. The budget has to outlive the decoder.
    func bound(_ context: UnsafeMutablePointer<AVCodecContext>) {
        context.pointee.opaque = Unmanaged.passUnretained(self).toOpaque()
        context.pointee.get_buffer2 = { context, frame, flags in
            guard let context, let frame, let opaque = context.pointee.opaque else { return AVFailure.invalidData }
            return Unmanaged<FrameBudget>.fromOpaque(opaque).takeUnretainedValue().allocate(context, frame, flags)
        }
        // Decoders that are other people's libraries make their frames themselves; they keep up to ten.
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
                "its decoder has to keep more frames of \(size) than have room in \(Self.frames) of max_frame_size, which is "
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

/// The memory of one frame, until nobody refers to it any more.
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

    /// Puts a buffer in the place of the frame's first one that keeps that, and says when it is let go.
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
