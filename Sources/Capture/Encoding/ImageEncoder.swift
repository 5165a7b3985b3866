import CFFmpeg

/// Encoder of single images, through libavcodec.
package enum ImageEncoder {
    /// Returns an image as a PNG file (ISO/IEC 15948).
    ///
    /// - Throws: ``AVFailure``.
    package static func png(_ image: PixelBuffer) throws(AVFailure) -> [UInt8] {
        let encoder = try Encoder(AV_CODEC_ID_PNG, AV_PIX_FMT_RGB24, width: image.width, height: image.height)
        guard let frame = av_frame_alloc() else { preconditionFailure("out of memory") }
        defer {
            var frame: UnsafeMutablePointer<AVFrame>? = frame
            av_frame_free(&frame)
        }
        frame.pointee.width = Int32(image.width)
        frame.pointee.height = Int32(image.height)
        frame.pointee.format = AV_PIX_FMT_RGB24.rawValue
        // Without a reference-counted buffer, the encoder copies the pixels.
        cffmpeg_set_plane(frame, 0, image.base, Int32(image.bytesPerRow))
        return try encoder.encode(frame)
    }

    /// Returns an image as a JPEG file (ITU-T T.81 and T.871).
    ///
    /// - Parameter quantizer: libavcodec's scale of quality, from 2 (best) to 31.
    /// - Throws: ``AVFailure``.
    package static func jpeg(_ image: PixelBuffer, quantizer: Int = 4) throws(AVFailure) -> [UInt8] {
        let size = PixelSize(width: image.width, height: image.height)
        let planar = try PlanarImage(size: size, matrix: .bt601, isFullRange: true)
        try planar.convert(image)
        let encoder = try Encoder(
            AV_CODEC_ID_MJPEG, AV_PIX_FMT_YUVJ420P, width: image.width, height: image.height, quantizer: quantizer)
        planar.handle.pointee.quality = Int32(quantizer) * cffmpeg_quality_unit
        return try encoder.encode(planar.handle)
    }

    /// Context of libavcodec with its packet, for one image.
    private final class Encoder {
        private let context: UnsafeMutablePointer<AVCodecContext>
        private let packet: UnsafeMutablePointer<AVPacket>

        init(
            _ id: AVCodecID, _ format: AVPixelFormat, width: Int, height: Int, quantizer: Int? = nil
        ) throws(AVFailure) {
            AVLog.silence()
            guard let codec = avcodec_find_encoder(id) else {
                throw AVFailure(
                    code: AVFailure.invalidData, operation: "encode", detail: "FFmpeg has no encoder for this image")
            }
            guard let context = avcodec_alloc_context3(codec), let packet = av_packet_alloc() else {
                preconditionFailure("out of memory")
            }
            (self.context, self.packet) = (context, packet)
            context.pointee.width = Int32(width)
            context.pointee.height = Int32(height)
            context.pointee.pix_fmt = format
            context.pointee.color_range = AVCOL_RANGE_JPEG
            context.pointee.time_base = AVRational(num: 1, den: 1)
            context.pointee.thread_count = 1
            if let quantizer {
                context.pointee.flags |= Int32(cffmpeg_constant_quality)
                context.pointee.global_quality = Int32(quantizer) * cffmpeg_quality_unit
            }
            try checked("encode", avcodec_open2(context, codec, nil))
        }

        deinit {
            var context: UnsafeMutablePointer<AVCodecContext>? = context
            var packet: UnsafeMutablePointer<AVPacket>? = packet
            avcodec_free_context(&context)
            av_packet_free(&packet)
        }

        func encode(_ frame: UnsafeMutablePointer<AVFrame>) throws(AVFailure) -> [UInt8] {
            try checked("encode", avcodec_send_frame(context, frame))
            try checked("encode", avcodec_send_frame(context, nil))
            try checked("encode", avcodec_receive_packet(context, packet))
            return Array(UnsafeBufferPointer(start: packet.pointee.data, count: Int(packet.pointee.size)))
        }
    }
}
