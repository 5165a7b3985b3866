import CFFmpeg

/// Writer of a video file: H.264 where FFmpeg has an encoder for it, otherwise MPEG-4.
///
/// May be used by one thread at a time. A file whose writer is dropped without ``finish()`` can be played up to the last key
/// frame if it is fragmented, and may not be playable otherwise.
package final class VideoWriter {
    private let muxer: UnsafeMutablePointer<AVFormatContext>
    private let encoder: UnsafeMutablePointer<AVCodecContext>
    private let packet: UnsafeMutablePointer<AVPacket>
    private let image: PlanarImage
    private var lastTime: Int64 = -1
    /// Time from an image to the next, as long as the next is not known.
    private var interval: Int64 = 40
    private var isFinished = false

    /// Size of the images, in pixels. Even.
    package let size: PixelSize
    /// Name of the encoder, as `libx264`.
    package let encoderName: String

    /// Units of time stamps in a second.
    private static let timeBase: Int32 = 1000
    /// Constant rate factor of x264: 23 is its own default, 20 keeps small text sharp.
    private static let rateFactor = "20"
    /// Quantizer of MPEG-4, from 1 (best) to 31.
    private static let quantizer: Int32 = 3
    /// Frames from a key frame to the next.
    private static let keyInterval: Int32 = 50

    /// Creates a file, or replaces its contents.
    ///
    /// - Parameters:
    ///   - path: of the file. Its extension says the container, as `.mp4` or `.mkv`.
    ///   - size: size of the images, in pixels. Width and height are even.
    ///   - isFragmented: whether what is written so far can be played at any time. MP4 files have fragments then.
    /// - Throws: ``AVFailure``.
    package init(path: String, size: PixelSize, isFragmented: Bool) throws(AVFailure) {
        AVLog.silence()
        self.size = size
        let muxer = try Self.muxer(path)
        let encoder: UnsafeMutablePointer<AVCodecContext>
        do {
            encoder = try Self.encoder(size, muxer)
            image = try PlanarImage(size: size, matrix: .bt709, isFullRange: false)
        } catch {
            avformat_free_context(muxer)
            throw error
        }
        guard let packet = av_packet_alloc() else { preconditionFailure("out of memory") }
        (self.muxer, self.encoder, self.packet) = (muxer, encoder, packet)
        encoderName = String(cString: encoder.pointee.codec.pointee.name)
        try begin(path, isFragmented: isFragmented)
    }

    deinit {
        avio_closep(&muxer.pointee.pb)
        avformat_free_context(muxer)
        var encoder: UnsafeMutablePointer<AVCodecContext>? = encoder
        var packet: UnsafeMutablePointer<AVPacket>? = packet
        avcodec_free_context(&encoder)
        av_packet_free(&packet)
    }

    /// Extensions of the containers that hold H.264 and MPEG-4.
    package static let extensions = ["mp4", "mkv", "mov", "m4v", "avi", "ts"]

    /// Whether the extension of a path is that of a container.
    package static func hasContainer(for path: String) -> Bool {
        extensions.contains { path.lowercased().hasSuffix("." + $0) && path.utf8.count > $0.utf8.count + 1 }
    }

    // MARK: - Writing

    /// Adds an image.
    ///
    /// - Parameters:
    ///   - image: of the size that was given.
    ///   - time: in seconds from the start of the video. An image that is not later than the one before is left out.
    /// - Throws: ``AVFailure``, as for a full disk.
    package func add(_ image: PixelBuffer, at time: Double) throws(AVFailure) {
        let stamp = Int64((time * Double(Self.timeBase)).rounded())
        guard stamp > lastTime else { return }
        if lastTime >= 0 { interval = stamp - lastTime }
        lastTime = stamp
        try self.image.convert(image)
        self.image.handle.pointee.pts = stamp
        try encode(self.image.handle)
    }

    /// Writes everything that is left, and closes the file.
    ///
    /// - Throws: ``AVFailure``.
    package func finish() throws(AVFailure) {
        guard !isFinished else { return }
        isFinished = true
        try encode(nil)
        try checked("write", av_write_trailer(muxer))
        try checked("write", avio_closep(&muxer.pointee.pb))
    }

    private func encode(_ frame: UnsafeMutablePointer<AVFrame>?) throws(AVFailure) {
        try checked("encode", avcodec_send_frame(encoder, frame))
        while true {
            let result = avcodec_receive_packet(encoder, packet)
            if result == AVFailure.tryAgain || result == AVFailure.endOfFile { return }
            try checked("encode", result)
            guard let stream = muxer.pointee.streams[0] else { return }
            // Without a duration, players leave out the last image of an MP4 file.
            packet.pointee.duration = interval
            av_packet_rescale_ts(packet, encoder.pointee.time_base, stream.pointee.time_base)
            packet.pointee.stream_index = 0
            try checked("write", av_interleaved_write_frame(muxer, packet))
        }
    }

    // MARK: - Opening

    private static func muxer(_ path: String) throws(AVFailure) -> UnsafeMutablePointer<AVFormatContext> {
        var muxer: UnsafeMutablePointer<AVFormatContext>?
        try checked("write", avformat_alloc_output_context2(&muxer, nil, nil, path))
        guard let muxer else { preconditionFailure("out of memory") }
        return muxer
    }

    private func begin(_ path: String, isFragmented: Bool) throws(AVFailure) {
        guard let stream = avformat_new_stream(muxer, nil) else { preconditionFailure("out of memory") }
        stream.pointee.time_base = encoder.pointee.time_base
        try checked("write", avcodec_parameters_from_context(stream.pointee.codecpar, encoder))
        try checked("write", avio_open(&muxer.pointee.pb, path, cffmpeg_open_for_writing))
        var options: OpaquePointer?
        defer { av_dict_free(&options) }
        if isFragmented { muxer.pointee.flags |= AVFMT_FLAG_FLUSH_PACKETS }
        // Options that a container does not have stay in the dictionary.
        if isFragmented { av_dict_set(&options, "movflags", "frag_keyframe+empty_moov+default_base_moof", 0) }
        try checked("write", avformat_write_header(muxer, &options))
    }

    /// Opens the first encoder that works: x264, any other of H.264, and MPEG-4, which every FFmpeg has.
    private static func encoder(
        _ size: PixelSize, _ muxer: UnsafeMutablePointer<AVFormatContext>
    ) throws(AVFailure) -> UnsafeMutablePointer<AVCodecContext> {
        let needsHeader = muxer.pointee.oformat.pointee.flags & cffmpeg_wants_global_header != 0
        let candidates = [
            avcodec_find_encoder_by_name("libx264"), avcodec_find_encoder_by_name("libopenh264"),
            avcodec_find_encoder(AV_CODEC_ID_H264), avcodec_find_encoder(AV_CODEC_ID_MPEG4),
        ]
        for codec in candidates.compactMap({ $0 }) {
            guard avformat_query_codec(muxer.pointee.oformat, codec.pointee.id, FF_COMPLIANCE_NORMAL) != 0,
                let context = open(codec, size, hasGlobalHeader: needsHeader)
            else { continue }
            return context
        }
        throw AVFailure(
            code: AVFailure.invalidData, operation: "encode",
            detail: "FFmpeg has no encoder of H.264 or MPEG-4 for this kind of file")
    }

    private static func open(
        _ codec: UnsafePointer<AVCodec>, _ size: PixelSize, hasGlobalHeader: Bool
    ) -> UnsafeMutablePointer<AVCodecContext>? {
        guard let context = avcodec_alloc_context3(codec) else { preconditionFailure("out of memory") }
        context.pointee.width = Int32(size.width)
        context.pointee.height = Int32(size.height)
        context.pointee.pix_fmt = AV_PIX_FMT_YUV420P
        context.pointee.color_range = AVCOL_RANGE_MPEG
        context.pointee.colorspace = AVCOL_SPC_BT709
        context.pointee.time_base = AVRational(num: 1, den: timeBase)
        context.pointee.gop_size = keyInterval
        context.pointee.max_b_frames = 0
        context.pointee.thread_count = 1
        if hasGlobalHeader { context.pointee.flags |= Int32(cffmpeg_global_header) }
        if codec.pointee.id == AV_CODEC_ID_MPEG4 {
            context.pointee.flags |= Int32(cffmpeg_constant_quality)
            context.pointee.global_quality = quantizer * cffmpeg_quality_unit
        }
        var options: OpaquePointer?
        defer { av_dict_free(&options) }
        // Other encoders leave these in the dictionary.
        av_dict_set(&options, "preset", "veryfast", 0)
        av_dict_set(&options, "crf", rateFactor, 0)
        if avcodec_open2(context, codec, &options) >= 0 { return context }
        var failed: UnsafeMutablePointer<AVCodecContext>? = context
        avcodec_free_context(&failed)
        return nil
    }
}
