import CFFmpeg

/// Encoder of images as PNG (ISO/IEC 15948), through libavcodec.
package enum PNG {
    /// Returns an image as a PNG file.
    ///
    /// - Throws: ``AVFailure``.
    package static func bytes(of image: PixelBuffer) throws(AVFailure) -> [UInt8] {
        let encoder = try Encoder(width: image.width, height: image.height)
        return try encoder.encode(image)
    }

    /// Context of libavcodec with its frame and packet.
    private final class Encoder {
        private var context: UnsafeMutablePointer<AVCodecContext>?
        private var frame: UnsafeMutablePointer<AVFrame>?
        private var packet: UnsafeMutablePointer<AVPacket>?

        init(width: Int, height: Int) throws(AVFailure) {
            guard let codec = avcodec_find_encoder(AV_CODEC_ID_PNG), let context = avcodec_alloc_context3(codec),
                let frame = av_frame_alloc(), let packet = av_packet_alloc()
            else { throw AVFailure(code: AVFailure.invalidData, operation: "encode PNG", detail: "no encoder") }
            (self.context, self.frame, self.packet) = (context, frame, packet)
            context.pointee.width = Int32(width)
            context.pointee.height = Int32(height)
            context.pointee.pix_fmt = AV_PIX_FMT_RGB24
            context.pointee.time_base = AVRational(num: 1, den: 1)
            try checked("encode PNG", avcodec_open2(context, codec, nil))
        }

        deinit {
            avcodec_free_context(&context)
            av_frame_free(&frame)
            av_packet_free(&packet)
        }

        func encode(_ image: PixelBuffer) throws(AVFailure) -> [UInt8] {
            guard let context, let frame, let packet else { return [] }
            frame.pointee.width = Int32(image.width)
            frame.pointee.height = Int32(image.height)
            frame.pointee.format = AV_PIX_FMT_RGB24.rawValue
            // Without a reference-counted buffer, the encoder copies the pixels.
            cffmpeg_set_plane(frame, 0, image.base, Int32(image.bytesPerRow))
            try checked("encode PNG", avcodec_send_frame(context, frame))
            try checked("encode PNG", avcodec_send_frame(context, nil))
            try checked("encode PNG", avcodec_receive_packet(context, packet))
            return Array(UnsafeBufferPointer(start: packet.pointee.data, count: Int(packet.pointee.size)))
        }
    }
}
