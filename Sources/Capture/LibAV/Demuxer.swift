import CFFmpeg

/// Demuxes a container, which is a file or a stream, into packets.
///
/// May be used by one thread at a time.
final class Demuxer {
    private let handle: UnsafeMutablePointer<AVFormatContext>
    /// Kept alive, because the format context has a pointer to it.
    private let interruption: CancellationToken
    /// Custom input, if libavformat's own reads would block. It outlives ``handle``.
    private let polled: PolledInput?
    /// Index of the video stream.
    let videoIndex: Int
    /// Whether the input is a live stream, and not a file.
    let isLive: Bool
    private let connections: ConnectionGuard?

    /// Opens a container and selects its video stream.
    ///
    /// - Throws: ``AVFailure``; ``SourceError`` if it has no video stream or a connection was refused.
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
            // avformat_open_input has freed the context.
            defer { AVLog.forget(context) }
            throw Self.explain(error, context, input, connections, polled)
        }
        handle = context
        do {  // `deinit` does not run if this throws, as not all properties are initialized
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

    /// Calls `body` with the guard, if there is one, as the judge of all connections.
    @discardableResult
    private static func guarded<Result, Failure: Error>(
        by connections: ConnectionGuard?, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard let connections else { return try body() }
        return try connections.whileCurrent(body)
    }

    /// Reason why the guard refused a connection, if it did.
    var refusedConnection: String? { connections?.refusal }

    /// Fingerprint of the server's last certificate, if there was one.
    var certificate: CertificateFingerprint? { connections?.fingerprint }

    /// Timeout of closing, in seconds: enough to send RTSP's TEARDOWN.
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

    /// Lets the library decode the streams that are known by now to learn their frame size. Without that it would use
    /// up its whole analysis time. The frame size of these streams is limited, that of later streams would not be, so no
    /// further streams are allowed.
    private static func decodeWhatIsKnown(_ context: UnsafeMutablePointer<AVFormatContext>) {
        let hasVideo = (0..<Int(context.pointee.nb_streams)).contains {
            context.pointee.streams[$0]?.pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_VIDEO
        }
        guard hasVideo, av_opt_set(context, "codec_whitelist", StreamOptions.boundedDecoders, 0) == 0 else { return }
        context.pointee.max_streams = Int32(context.pointee.nb_streams)
    }

    /// Returns the error that explains a failure best: a refused connection, a stalled pipe, or the error with the
    /// library's last message.
    private static func explain(
        _ error: any Error, _ context: UnsafeMutablePointer<AVFormatContext>, _ input: DemuxerInput,
        _ connections: ConnectionGuard?, _ polled: PolledInput?
    ) -> any Error {
        if let refusal = connections?.refusal { return SourceError.unreachable(refusal) }
        // A demuxer takes a stalled input for its end.
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

    /// Refuses text files, of which the library would make a terminal video.
    private static func refuseText(_ context: UnsafeMutablePointer<AVFormatContext>) throws(SourceError) {
        guard let format = context.pointee.iformat, String(cString: format.pointee.name) == "tty" else { return }
        throw .malformed("it is text, not a video or image")
    }

    /// Ends the search for streams once a video stream is known. A transport stream may always add streams, so the
    /// library would use up its whole analysis time; without it, a camera reconnects a second sooner.
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

    /// Reads the audio streams, too.
    ///
    /// - Returns: the video stream and the audio streams.
    func keepAudio() -> [UnsafeMutablePointer<AVStream>] {
        (0..<Int(handle.pointee.nb_streams)).compactMap { index in
            guard let stream = handle.pointee.streams[index] else { return nil }
            let isAudio = stream.pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_AUDIO
            guard index == videoIndex || isAudio else { return nil }
            stream.pointee.discard = AVDISCARD_DEFAULT
            return stream
        }
    }

    /// Returns the decoding time of a packet of any stream, in seconds; `nil` if it has no time stamp.
    func time(of packet: Packet) -> Double? {
        guard packet.streamIndex < Int(handle.pointee.nb_streams),
            let stream = handle.pointee.streams[packet.streamIndex]
        else { return nil }
        let stamps = [packet.handle.pointee.dts, packet.handle.pointee.pts]
        return stamps.first { $0 != cffmpeg_no_timestamp }.map { Double($0) * av_q2d(stream.pointee.time_base) }
    }

    /// Video stream.
    var video: UnsafeMutablePointer<AVStream> {
        guard let stream = handle.pointee.streams[videoIndex] else { preconditionFailure("streams are never removed") }
        return stream
    }

    /// Reads the next packet of any stream.
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

    /// Whether the file has an index, so that seeking is exact. Time stamps of formats without one may jump or be absent.
    var hasIndex: Bool {
        guard !isLive, let format = handle.pointee.iformat, let io = handle.pointee.pb, io.pointee.seekable != 0
        else { return false }
        return ["mov", "matroska"].contains { String(cString: format.pointee.name).hasPrefix($0) }
    }

    /// Decoding times of the key frames in the index, in seconds and in order; empty if there is no index, or the demuxer reads
    /// it only later.
    var keyFrameTimes: [Double] {
        let stream = handle.pointee.streams[videoIndex]
        return (0..<avformat_index_get_entries_count(stream)).compactMap { place in
            guard let entry = avformat_index_get_entry(stream, place), entry.pointee.flags & AVINDEX_KEYFRAME != 0
            else {
                return nil
            }
            return Double(entry.pointee.timestamp) * timeBase
        }
    }

    /// Seeks to the last key frame before a time, in seconds.
    ///
    /// - Throws: ``AVFailure``.
    func seek(to time: Double) throws(AVFailure) {
        let timestamp = Int64((time / timeBase).rounded(.down))
        try checked("seek", av_seek_frame(handle, Int32(videoIndex), timestamp, AVSEEK_FLAG_BACKWARD))
    }

    /// Whether the demuxer logged an error at the end of the file.
    private(set) var endedWithComplaint = false

    /// Whether the input is a pipe or device and its timeout has passed without data.
    var hasStalled: Bool { polled?.hasStalled == true }
    /// Timeout of a pipe or device without data, in seconds; infinite for other inputs.
    var timeout: Double { polled?.timeout ?? .infinity }

    /// Whether all bytes of the file have been read.
    var isAtEnd: Bool {
        guard let io = handle.pointee.pb else { return true }
        return avio_feof(io) != 0
    }

    /// Duration in seconds that the file states, if it does.
    var duration: Double? {
        if video.pointee.duration != cffmpeg_no_timestamp, video.pointee.duration > 0 {
            return Double(video.pointee.duration) * timeBase
        }
        guard handle.pointee.duration != cffmpeg_no_timestamp, handle.pointee.duration > 0 else { return nil }
        return Double(handle.pointee.duration) / Double(AV_TIME_BASE)
    }

    /// Whether ``duration`` is that of the video stream, and not that of the whole file or an estimate.
    var knowsVideoDuration: Bool {
        video.pointee.duration != cffmpeg_no_timestamp && video.pointee.duration > 0
            && handle.pointee.duration_estimation_method == AVFMT_DURATION_FROM_STREAM
    }

    /// Time of the first frame in seconds that the file states, if it does.
    var startTime: Double? {
        guard video.pointee.start_time != cffmpeg_no_timestamp else { return nil }
        return Double(video.pointee.start_time) * timeBase
    }

    /// Seconds per unit of the stream's time stamps.
    var timeBase: Double { av_q2d(video.pointee.time_base) }

    /// Seconds after which the stream's time stamps wrap to 0, if they do.
    var timestampWrap: Double? {
        let bits = video.pointee.pts_wrap_bits
        return (1..<63).contains(bits) ? Double(Int64(1) << Int64(bits)) * timeBase : nil
    }

    /// Returns the pixel aspect ratio (width / height) of the frame or, if it has none, of the stream.
    func pixelAspect(of frame: Frame) -> Double {
        let ratio = av_guess_sample_aspect_ratio(handle, video, frame.handle)
        return ratio.num > 0 && ratio.den > 0 ? av_q2d(ratio) : 1
    }

    /// Frames per second; 25 if it is unknown.
    var frameRate: Double { knownFrameRate ?? 25 }

    private var knownFrameRate: Double? {
        let rate = av_guess_frame_rate(handle, video, nil)
        return rate.num > 0 && rate.den > 0 ? av_q2d(rate) : nil
    }

    /// Format of the video stream.
    var traits: VideoFormat {
        guard let parameters = video.pointee.codecpar else { preconditionFailure("every stream has parameters") }
        let size = PixelSize(width: Int(parameters.pointee.width), height: Int(parameters.pointee.height))
        return VideoFormat(
            format: String(cString: avcodec_get_name(parameters.pointee.codec_id)),
            size: size.width > 0 && size.height > 0 ? size : nil, rate: inventsTimestamps ? nil : knownFrameRate)
    }

    /// Returns the value of a metadata tag of the file or of the video stream.
    func tag(_ key: String) -> String? {
        for dictionary in [handle.pointee.metadata, video.pointee.metadata] {
            if let entry = av_dict_get(dictionary, key, nil, 0) { return String(cString: entry.pointee.value) }
        }
        return nil
    }

    /// Whether the format has no time stamps, so that the library makes them up.
    var inventsTimestamps: Bool {
        guard let format = handle.pointee.iformat else { return false }
        return format.pointee.flags & AVFMT_NOTIMESTAMPS != 0
            || ["mpjpeg", "mjpeg", "image2pipe"].contains(String(cString: format.pointee.name))
    }

    /// Whether the stream comes in segments of several seconds (HLS, DASH).
    var comesInSegments: Bool {
        guard let format = handle.pointee.iformat else { return false }
        return ["hls", "dash"].contains { String(cString: format.pointee.name).hasPrefix($0) }
    }

    /// Rotation that the metadata of the stream asks for.
    var orientation: Orientation {
        var size = 0
        guard let data = cffmpeg_stream_side_data(video, AV_PKT_DATA_DISPLAYMATRIX, &size),
            size >= 9 * MemoryLayout<Int32>.size
        else { return .upright }
        return Orientation(displayMatrix: UnsafeRawPointer(data)) ?? .upright
    }
}
