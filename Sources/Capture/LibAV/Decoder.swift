import Basics
import CFFmpeg

/// Decodes the packets of one stream.
///
/// May be used by one thread at a time. It may decode on several threads of its own.
final class Decoder {
    private let handle: UnsafeMutablePointer<AVCodecContext>
    /// Kept alive, because the codec context has a pointer to it.
    private let budget: FrameBudget?

    /// Operation of the error if the decoder cannot be opened.
    static let opening = "open the decoder"

    /// Frames that are not decoded.
    enum Discard {
        case nothing
        /// Frames that no other frame refers to. It is the cheapest way to decode fewer frames.
        case nonReference
        /// All frames but key frames.
        case nonKey

        fileprivate var value: AVDiscard {
            switch self {
            case .nothing: AVDISCARD_DEFAULT
            case .nonReference: AVDISCARD_NONREF
            case .nonKey: AVDISCARD_NONKEY
            }
        }
    }

    /// Opens a decoder for a stream.
    ///
    /// - Parameters:
    ///   - stream: stream to be decoded.
    ///   - threads: number of threads that it may use.
    ///   - discard: frames that are not decoded.
    ///   - skipsLoopFilter: whether to skip the deblocking filter.
    ///   - budget: limit of the memory of its frames.
    /// - Throws: ``SourceError`` if no decoder for the codec exists, ``AVFailure``.
    convenience init(
        stream: UnsafeMutablePointer<AVStream>, threads: Int, discard: Discard, skipsLoopFilter: Bool = false,
        budget: FrameBudget? = nil
    ) throws {
        let parameters = stream.pointee.codecpar
        let id = parameters?.pointee.codec_id ?? AV_CODEC_ID_NONE
        try self.init(id, name: Self.name(of: parameters), budget: budget) { context, _ throws(AVFailure) in
            try checked(Self.opening, avcodec_parameters_to_context(context, parameters))
            context.pointee.pkt_timebase = stream.pointee.time_base
            context.pointee.thread_count = Int32(threads)
            context.pointee.skip_frame = discard.value
            if skipsLoopFilter { context.pointee.skip_loop_filter = AVDISCARD_ALL }
        }
    }

    /// Opens a low-latency decoder for packets of one frame each.
    ///
    /// A corrupt frame of Motion JPEG is an error until ``disableErrorDetection()``, as the decoder does not mark it.
    /// Decoders of other codecs mark corrupt frames.
    ///
    /// - Parameters:
    ///   - codec: codec of the packets.
    ///   - size: size of the frames, for codecs that do not contain it.
    ///   - smallest: the decoder may halve frames as long as they cover this size.
    /// - Throws: ``SourceError`` if no decoder for the codec exists, ``AVFailure``.
    convenience init(codec: AVCodecID, size: PixelSize, smallest: PixelSize) throws {
        AVLog.silence()
        try self.init(codec, name: String(cString: avcodec_get_name(codec))) { context, limit throws(AVFailure) in
            context.pointee.width = Int32(size.width)
            context.pointee.height = Int32(size.height)
            context.pointee.lowres = Self.halvings(of: size, downTo: smallest, limit: limit)
            context.pointee.err_recognition = codec == AV_CODEC_ID_MJPEG ? AV_EF_EXPLODE : 0
            context.pointee.flags |= AV_CODEC_FLAG_LOW_DELAY
            context.pointee.thread_count = 1  // each further thread delays output by one frame
        }
    }

    private init(
        _ id: AVCodecID, name: @autoclosure () -> String, budget: FrameBudget? = nil,
        configure: (UnsafeMutablePointer<AVCodecContext>, _ mostHalvings: Int32) throws(AVFailure) -> Void
    ) throws {
        guard let codec = avcodec_find_decoder(id) else { throw SourceError.noDecoder(name()) }
        guard let context = avcodec_alloc_context3(codec) else { preconditionFailure("out of memory") }
        handle = context  // from here on, `deinit` frees it, even if the rest throws
        self.budget = budget
        AVLog.attend(to: context)
        budget?.bound(context)
        try configure(context, Int32(codec.pointee.max_lowres))
        try checked(Self.opening, avcodec_open2(context, codec, nil))
    }

    /// Error message if the memory of its frames exceeded the budget.
    var excess: String? { budget?.excess }

    /// Returns frames with small errors from now on, instead of throwing.
    func disableErrorDetection() {
        handle.pointee.err_recognition = 0
        errorDetectionDisabled = true
    }

    private var errorDetectionDisabled = false

    /// Returns how often a size can be halved and still cover another.
    static func halvings(of size: PixelSize, downTo smallest: PixelSize, limit: Int32) -> Int32 {
        var count: Int32 = 0
        while count < limit,
            PixelSize(width: size.width >> (count + 1), height: size.height >> (count + 1)).covers(smallest)
        { count += 1 }
        return count
    }

    deinit {
        AVLog.forget(handle)
        var pointer: UnsafeMutablePointer<AVCodecContext>? = handle
        avcodec_free_context(&pointer)
    }

    /// Returns the name of the codec or, if FFmpeg does not know it, the tag in the file.
    private static func name(of parameters: UnsafeMutablePointer<AVCodecParameters>?) -> String {
        guard let parameters, parameters.pointee.codec_id == AV_CODEC_ID_NONE else {
            return String(cString: avcodec_get_name(parameters?.pointee.codec_id ?? AV_CODEC_ID_NONE))
        }
        let tag = parameters.pointee.codec_tag
        let letters = (0..<4).map { UInt8(truncatingIfNeeded: tag >> (8 * UInt32($0))) }
        guard letters.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return "unknown" }
        return String(decoding: letters, as: UTF8.self)
    }

    /// Sends a packet to the decoder, or `nil` at the end of the stream.
    ///
    /// - Returns: false if frames have to be received first.
    /// - Throws: ``AVFailure`` if the packet cannot be decoded.
    func send(_ packet: Packet?) throws(AVFailure) -> Bool {
        let start = MonotonicClock.now
        defer { timeSpent += MonotonicClock.now - start }
        complaintsBefore = complaints
        let result = avcodec_send_packet(handle, packet?.handle)
        if result == AVFailure.tryAgain { return false }
        if result == AVFailure.endOfFile { return true }
        try checked("decode", result)
        return true
    }

    /// Sets the frames that are not decoded, from the next packet on.
    func setDiscard(_ discard: Discard) { handle.pointee.skip_frame = discard.value }

    /// Resets the decoder after a seek.
    func flush() { avcodec_flush_buffers(handle) }

    /// Result of ``receive(into:)``.
    enum Answer {
        case frame
        /// The decoder needs another packet.
        case wantsPacket
        /// All frames of the stream have been received.
        case end
    }

    /// Receives the next frame.
    ///
    /// - Throws: ``AVFailure`` if a packet is corrupt; the next call continues after it.
    func receive(into frame: Frame) throws(AVFailure) -> Answer {
        let start = MonotonicClock.now
        let result = avcodec_receive_frame(handle, frame.handle)
        timeSpent += MonotonicClock.now - start
        if result == AVFailure.tryAgain { return .wantsPacket }
        if result == AVFailure.endOfFile { return .end }
        try checked("decode", result)
        frame.isCutShort = complaints > complaintsBefore
        frame.decodeTime = timeSpent
        timeSpent = 0
        return .frame
    }

    /// Seconds spent on decoding since the last frame was received.
    private var timeSpent = 0.0

    /// Number of error messages before the last packet was sent.
    private var complaintsBefore = 0

    /// Number of error messages, for codecs where they are the only sign of an incomplete frame: the JPEG decoder
    /// conceals missing data and only logs it.
    private var complaints: Int {
        handle.pointee.codec_id == AV_CODEC_ID_MJPEG && !errorDetectionDisabled ? AVLog.complaints(of: handle).count : 0
    }
}
