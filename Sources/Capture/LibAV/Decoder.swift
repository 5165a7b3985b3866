import Basics
import CFFmpeg

/// Turns packets of one stream into frames.
///
/// Used by one thread at a time; it has threads of its own.
final class Decoder {
    private let handle: UnsafeMutablePointer<AVCodecContext>
    /// The libraries keep a pointer to it.
    private let budget: FrameBudget?

    /// The operation of the errors with which a decoder cannot be opened.
    static let opening = "open the decoder"

    /// Which frames are not worth decoding.
    enum Discard {
        case nothing
        /// Those that no other is made from. It is the cheapest way to fewer frames.
        case nonReference
        /// All but those that are decoded from themselves alone.
        case nonKey

        fileprivate var value: AVDiscard {
            switch self {
            case .nothing: AVDISCARD_DEFAULT
            case .nonReference: AVDISCARD_NONREF
            case .nonKey: AVDISCARD_NONKEY
            }
        }
    }

    /// - Parameters:
    ///   - stream: what is to be decoded.
    ///   - threads: how many it may use.
    ///   - discard: what is left out.
    ///   - skipsLoopFilter: whether edges of blocks may stay visible.
    ///   - budget: bounds the memory of its frames.
    /// - Throws: ``SourceError`` if there is no decoder for the stream, ``AVFailure``.
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

    /// A decoder for packets that come one frame at a time, and whose frames are wanted at once.
    ///
    /// A damaged frame of Motion JPEG is an error until ``tolerateFlaws()``; the decoder would hand it out
    /// as if it were sound. Other codecs mark what is damaged.
    ///
    /// - Parameters:
    ///   - codec: what the packets are encoded with.
    ///   - size: of the frames, for codecs that do not say it themselves.
    ///   - smallest: frames may be halved while they are decoded, for as long as they cover this.
    /// - Throws: ``SourceError`` if there is no decoder for the codec, ``AVFailure``.
    convenience init(codec: AVCodecID, size: PixelSize, smallest: PixelSize) throws {
        AVLog.silence()
        try self.init(codec, name: String(cString: avcodec_get_name(codec))) { context, limit throws(AVFailure) in
            context.pointee.width = Int32(size.width)
            context.pointee.height = Int32(size.height)
            context.pointee.lowres = Self.halvings(of: size, downTo: smallest, limit: limit)
            context.pointee.err_recognition = codec == AV_CODEC_ID_MJPEG ? AV_EF_EXPLODE : 0
            context.pointee.flags |= AV_CODEC_FLAG_LOW_DELAY
            context.pointee.thread_count = 1  // more would each hold back a frame
        }
    }

    private init(
        _ id: AVCodecID, name: @autoclosure () -> String, budget: FrameBudget? = nil,
        configure: (UnsafeMutablePointer<AVCodecContext>, _ mostHalvings: Int32) throws(AVFailure) -> Void
    ) throws {
        guard let codec = avcodec_find_decoder(id) else { throw SourceError.noDecoder(name()) }
        guard let context = avcodec_alloc_context3(codec) else { preconditionFailure("out of memory") }
        handle = context  // from here on, `deinit` frees it, also if this throws
        self.budget = budget
        AVLog.attend(to: context)
        budget?.bound(context)
        try configure(context, Int32(codec.pointee.max_lowres))
        try checked(Self.opening, avcodec_open2(context, codec, nil))
    }

    /// Why its frames need more memory than they may have, if they do.
    var excess: String? { budget?.excess }

    /// Gives frames with small mistakes in them from now on.
    func disableErrorDetection() {
        handle.pointee.err_recognition = 0
        errorDetectionDisabled = true
    }

    private var errorDetectionDisabled = false

    /// How often a frame can be halved and still cover another.
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

    /// The codec's name, or what the file calls it.
    private static func name(of parameters: UnsafeMutablePointer<AVCodecParameters>?) -> String {
        guard let parameters, parameters.pointee.codec_id == AV_CODEC_ID_NONE else {
            return String(cString: avcodec_get_name(parameters?.pointee.codec_id ?? AV_CODEC_ID_NONE))
        }
        let tag = parameters.pointee.codec_tag
        let letters = (0..<4).map { UInt8(truncatingIfNeeded: tag >> (8 * UInt32($0))) }
        guard letters.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return "unknown" }
        return String(decoding: letters, as: UTF8.self)
    }

    /// Gives the decoder a packet, or `nil` for the end of the stream.
    ///
    /// - Returns: false if it has to give frames first.
    /// - Throws: ``AVFailure`` if it can make nothing of the packet.
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

    /// Forgets what it was given: what comes next is from elsewhere.
    func flush() { avcodec_flush_buffers(handle) }

    /// What came of asking for a frame.
    enum Answer {
        case frame
        case wantsPacket
        case end
    }

    /// Takes the next frame.
    ///
    /// - Throws: ``AVFailure`` if a packet turned out to be damaged; the next call goes on after it.
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

    /// Seconds spent on decoding since the last frame was taken.
    private var timeSpent = 0.0

    /// How often the decoder had complained before it was given the last packet.
    private var complaintsBefore = 0

    /// How often the decoder has complained, where that means that a frame is not whole: the JPEG decoder
    /// fills up what is missing and says so nowhere else.
    private var complaints: Int {
        handle.pointee.codec_id == AV_CODEC_ID_MJPEG && !errorDetectionDisabled ? AVLog.complaints(of: handle).count : 0
    }
}
