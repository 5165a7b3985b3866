import CFFmpeg

/// A container: a file or a stream, taken apart into packets.
///
/// Used by one thread at a time.
final class Demuxer {
    private let handle: UnsafeMutablePointer<AVFormatContext>
    /// The library keeps a pointer to it.
    private let interruption: CancellationToken
    /// What reads for the library, if its own calls would block. It outlives ``handle``.
    private let polled: PolledInput?
    /// The place of the video stream.
    let videoIndex: Int
    /// Whether it is a stream that goes on for ever, and not a file.
    let isLive: Bool
    private let connections: ConnectionGuard?

    /// Opens a container and finds its video.
    ///
    /// - Throws: ``AVFailure``, or ``SourceError`` if there is no video in it.
    init(_ input: DemuxerInput, interruption: CancellationToken) throws {
        self.interruption = interruption
        isLive = input.isLive
        connections = input.verification.map(ConnectionGuard.init)
        polled = try input.polled.map { try PolledInput($0, interruption: interruption) }
        guard let context = avformat_alloc_context() else { preconditionFailure("out of memory") }
        context.pointee.pb = polled?.handle
        context.pointee.interrupt_callback = interruption.callback
        AVLog.attend(to: context)
        do {
            try Self.guarded(by: connections) { () throws(AVFailure) in try Self.open(context, input) }
        } catch {
            // The library has freed the context.
            defer { AVLog.forget(context) }
            throw Self.explain(error, context, input, connections, polled)
        }
        handle = context
        do {  // `deinit` does not run if this throws: not everything is initialised
            try Self.refuseText(context)
            if isLive { Self.endSearchSoon(context) }
            try Self.guarded(by: connections) { () throws(AVFailure) in
                try Self.findStreams(context, maxPixels: input.maxPixels)
            }
            videoIndex = try input.selection.choose(from: context)
        } catch {
            defer { Self.close(context, interruption) }
            throw Self.explain(error, context, input, connections, polled)
        }
        discardOthers()
    }

    deinit { Self.guarded(by: connections) { Self.close(handle, interruption) } }

    /// Calls `body`, and lets nothing connect meanwhile but what the guard allows.
    @discardableResult
    private static func guarded<Result, Failure: Error>(
        by connections: ConnectionGuard?, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard let connections else { return try body() }
        return try connections.whileCurrent(body)
    }

    /// Why a connection was refused that it wanted to make, if one was.
    var refusedConnection: String? { connections?.refusal }

    /// Of the certificate that the server sent last, if one did.
    var certificate: CertificateFingerprint? { connections?.fingerprint }

    /// Seconds that closing may take: time to say goodbye (RTSP's TEARDOWN), and no more.
    private static let closingGrace = 0.3

    private static func open(_ context: UnsafeMutablePointer<AVFormatContext>, _ input: DemuxerInput) throws(AVFailure)
    {
        var options: OpaquePointer?
        for (key, value) in input.options { av_dict_set(&options, key, value, 0) }
        defer { av_dict_free(&options) }
        var pointer: UnsafeMutablePointer<AVFormatContext>? = context
        try checked("open", avformat_open_input(&pointer, input.url, nil, &options))
    }

    private static func findStreams(_ context: UnsafeMutablePointer<AVFormatContext>, maxPixels: Int?) throws(AVFailure)
    {
        var options = [OpaquePointer?](repeating: nil, count: Int(context.pointee.nb_streams))
        defer { for index in options.indices { av_dict_free(&options[index]) } }
        if let maxPixels {
            decodeWhatIsKnown(context)
            for index in options.indices { av_dict_set_int(&options[index], "max_pixels", Int64(maxPixels), 0) }
        }
        try checked("find streams", avformat_find_stream_info(context, &options))
    }

    /// Lets the library decode the streams that are known by now to find out the size of their frames: without that it
    /// looks at all of the time that it may look at. Their size is bounded, and that of streams that came later would not
    /// be, so none may come.
    private static func decodeWhatIsKnown(_ context: UnsafeMutablePointer<AVFormatContext>) {
        let hasVideo = (0..<Int(context.pointee.nb_streams)).contains {
            context.pointee.streams[$0]?.pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_VIDEO
        }
        guard hasVideo, av_opt_set(context, "codec_whitelist", StreamOptions.boundedDecoders, 0) == 0 else { return }
        context.pointee.max_streams = Int32(context.pointee.nb_streams)
    }

    /// The error, with what the library said last.
    private static func explain(
        _ error: any Error, _ context: UnsafeMutablePointer<AVFormatContext>, _ input: DemuxerInput,
        _ connections: ConnectionGuard?, _ polled: PolledInput?
    ) -> any Error {
        if let refusal = connections?.refusal { return SourceError.unreachable(refusal) }
        // A demuxer takes what does not come for the end of what there is.
        if let polled, polled.hasStalled { return SourceError.silent(seconds: polled.timeout) }
        guard let failure = error as? AVFailure else { return error }
        if connections?.hasReceived == false, failure.isEnd { return SourceError.closedSilently }
        let complaint = AVLog.complaints(of: context).last.map(input.redact)
        return AVFailure(code: failure.code, operation: failure.operation, detail: complaint)
    }

    private static func close(_ context: UnsafeMutablePointer<AVFormatContext>, _ interruption: CancellationToken) {
        AVLog.forget(context)
        var pointer: UnsafeMutablePointer<AVFormatContext>? = context
        interruption.withGrace(closingGrace) { avformat_close_input(&pointer) }
    }

    /// The library takes any text for the screen of a terminal, and makes a video of it.
    private static func refuseText(_ context: UnsafeMutablePointer<AVFormatContext>) throws(SourceError) {
        guard let format = context.pointee.iformat, String(cString: format.pointee.name) == "tty" else { return }
        throw .malformed("it is text, not a video or image")
    }

    /// There may always be more in a transport stream than was seen up to now, so the library looks at all of
    /// the time that it may look at. Nobody waits for more than the video: a camera that comes back is seen a
    /// second sooner.
    private static func endSearchSoon(_ context: UnsafeMutablePointer<AVFormatContext>) {
        guard let format = context.pointee.iformat, String(cString: format.pointee.name) == "mpegts",
            context.pointee.nb_programs <= 1
        else { return }
        let hasVideo = (0..<Int(context.pointee.nb_streams)).contains {
            context.pointee.streams[$0]?.pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_VIDEO
        }
        if hasVideo { context.pointee.ctx_flags &= ~AVFMTCTX_NOHEADER }
    }

    private func discardOthers() {
        for index in 0..<Int(handle.pointee.nb_streams) where index != videoIndex {
            handle.pointee.streams[index]?.pointee.discard = AVDISCARD_ALL
        }
    }

    /// The video stream.
    var video: UnsafeMutablePointer<AVStream> {
        guard let stream = handle.pointee.streams[videoIndex] else { preconditionFailure("streams do not go away") }
        return stream
    }

    /// Reads the next packet, of whatever stream.
    ///
    /// - Returns: false at the end of the file.
    /// - Throws: ``AVFailure``.
    func read(into packet: Packet) throws(AVFailure) -> Bool {
        let complaints = AVLog.complaints(of: handle).count
        let result = Self.guarded(by: connections) { av_read_frame(handle, packet.handle) }
        if result == AVFailure.endOfFile {
            endedWithComplaint = AVLog.complaints(of: handle).count > complaints
            return false
        }
        try checked("read", result)
        return true
    }

    /// Whether it can be told where in the file a time is: by an index that the file has, and not by guessing. Time
    /// stamps of other formats may jump, or be none.
    var hasIndex: Bool {
        guard !isLive, let format = handle.pointee.iformat, let io = handle.pointee.pb, io.pointee.seekable != 0
        else { return false }
        return ["mov", "matroska"].contains { String(cString: format.pointee.name).hasPrefix($0) }
    }

    /// Goes to the last key frame before a time, in seconds.
    ///
    /// - Throws: ``AVFailure``.
    func seek(to time: Double) throws(AVFailure) {
        let timestamp = Int64((time / timeBase).rounded(.down))
        try checked("seek", av_seek_frame(handle, Int32(videoIndex), timestamp, AVSEEK_FLAG_BACKWARD))
    }

    /// Whether the demuxer found something wrong with where the file ends.
    private(set) var endedWithComplaint = false

    /// Whether nothing has come of a pipe or a device for too long.
    var hasStalled: Bool { polled?.hasStalled == true }
    /// Seconds that are too long.
    var timeout: Double { polled?.timeout ?? .infinity }

    /// Whether the bytes of the file have run out.
    var isAtEnd: Bool {
        guard let io = handle.pointee.pb else { return true }
        return avio_feof(io) != 0
    }

    /// Seconds from the first to the last frame, as the file claims, if it does.
    var duration: Double? {
        if video.pointee.duration != cffmpeg_no_timestamp, video.pointee.duration > 0 {
            return Double(video.pointee.duration) * timeBase
        }
        guard handle.pointee.duration != cffmpeg_no_timestamp, handle.pointee.duration > 0 else { return nil }
        return Double(handle.pointee.duration) / Double(AV_TIME_BASE)
    }

    /// Whether ``duration`` is the video's own, and not that of the whole file, guessed or not.
    var knowsVideoDuration: Bool {
        video.pointee.duration != cffmpeg_no_timestamp && video.pointee.duration > 0
            && handle.pointee.duration_estimation_method == AVFMT_DURATION_FROM_STREAM
    }

    /// The time of the first frame, as the file claims, if it does.
    var startTime: Double? {
        guard video.pointee.start_time != cffmpeg_no_timestamp else { return nil }
        return Double(video.pointee.start_time) * timeBase
    }

    /// Seconds to one unit of the stream's time stamps.
    var timeBase: Double { av_q2d(video.pointee.time_base) }

    /// After how many seconds the counter of the stream's time stamps begins again at 0, if it does.
    var timestampWrap: Double? {
        let bits = video.pointee.pts_wrap_bits
        return (1..<63).contains(bits) ? Double(Int64(1) << Int64(bits)) * timeBase : nil
    }

    /// The width of a frame's pixels, in parts of their height; of the stream, if the frame says nothing.
    func pixelAspect(of frame: Frame) -> Double {
        let ratio = av_guess_sample_aspect_ratio(handle, video, frame.handle)
        return ratio.num > 0 && ratio.den > 0 ? av_q2d(ratio) : 1
    }

    /// Frames in a second, as far as it can be told.
    var frameRate: Double { knownFrameRate ?? 25 }

    private var knownFrameRate: Double? {
        let rate = av_guess_frame_rate(handle, video, nil)
        return rate.num > 0 && rate.den > 0 ? av_q2d(rate) : nil
    }

    /// What the video is.
    var traits: VideoFormat {
        guard let parameters = video.pointee.codecpar else { preconditionFailure("every stream has parameters") }
        let size = PixelSize(width: Int(parameters.pointee.width), height: Int(parameters.pointee.height))
        return VideoFormat(
            format: String(cString: avcodec_get_name(parameters.pointee.codec_id)),
            size: size.width > 0 && size.height > 0 ? size : nil, rate: inventsTimestamps ? nil : knownFrameRate)
    }

    /// The value of a tag of the file or of the video stream.
    func tag(_ key: String) -> String? {
        for dictionary in [handle.pointee.metadata, video.pointee.metadata] {
            if let entry = av_dict_get(dictionary, key, nil, 0) { return String(cString: entry.pointee.value) }
        }
        return nil
    }

    /// Whether its time stamps are made up by the library, because what is sent has none.
    var inventsTimestamps: Bool {
        guard let format = handle.pointee.iformat else { return false }
        return format.pointee.flags & AVFMT_NOTIMESTAMPS != 0
            || ["mpjpeg", "mjpeg", "image2pipe"].contains(String(cString: format.pointee.name))
    }

    /// Whether it comes in pieces of several seconds, each at once.
    var comesInSegments: Bool {
        guard let format = handle.pointee.iformat else { return false }
        return ["hls", "dash"].contains { String(cString: format.pointee.name).hasPrefix($0) }
    }

    /// How the frames have to be turned to stand upright.
    var orientation: Orientation {
        var size = 0
        guard let data = cffmpeg_stream_side_data(video, AV_PKT_DATA_DISPLAYMATRIX, &size),
            size >= 9 * MemoryLayout<Int32>.size
        else { return .upright }
        return Orientation(displayMatrix: UnsafeRawPointer(data)) ?? .upright
    }
}
