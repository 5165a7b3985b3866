import CFFmpeg

/// Frame in YCbCr 4:2:0 for an encoder, made of RGB images of one size.
///
/// May be used by one thread at a time.
final class PlanarImage {
    /// The frame. Its presentation time stamp is the caller's.
    let handle: UnsafeMutablePointer<AVFrame>
    private let rgb: UnsafeMutablePointer<AVFrame>
    private let scaler: UnsafeMutableRawPointer

    /// Matrix of the result: BT.601 for JPEG, BT.709 for video.
    enum Matrix {
        case bt601, bt709

        fileprivate var coefficients: Int32 { self == .bt601 ? SWS_CS_ITU601 : SWS_CS_ITU709 }
        fileprivate var space: AVColorSpace { self == .bt601 ? AVCOL_SPC_SMPTE170M : AVCOL_SPC_BT709 }
    }

    /// - Parameters:
    ///   - size: size of the images, in pixels.
    ///   - isFullRange: whether samples have full range (0...255), as in JPEG, and not limited range, as in video.
    /// - Throws: ``AVFailure``.
    init(size: PixelSize, matrix: Matrix, isFullRange: Bool) throws(AVFailure) {
        let (width, height) = (Int32(size.width), Int32(size.height))
        let format = isFullRange ? AV_PIX_FMT_YUVJ420P : AV_PIX_FMT_YUV420P
        guard let handle = av_frame_alloc(), let rgb = av_frame_alloc() else { preconditionFailure("out of memory") }
        guard
            let scaler = cffmpeg_scaler(
                width, height, AV_PIX_FMT_RGB24, width, height, AV_PIX_FMT_YUV420P,
                cffmpeg_filter_bilinear | cffmpeg_scaling_quality)
        else { preconditionFailure("libswscale converts RGB to 4:2:0") }
        (self.handle, self.rgb, self.scaler) = (handle, rgb, scaler)
        cffmpeg_scaler_set_output(scaler, matrix.coefficients, isFullRange)
        (handle.pointee.width, handle.pointee.height) = (width, height)
        handle.pointee.format = format.rawValue
        handle.pointee.color_range = isFullRange ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG
        handle.pointee.colorspace = matrix.space
        try checked("encode", av_frame_get_buffer(handle, 0))
    }

    deinit {
        cffmpeg_scaler_free(scaler)
        for frame in [handle, rgb] {
            var frame: UnsafeMutablePointer<AVFrame>? = frame
            av_frame_free(&frame)
        }
    }

    /// Converts an image of the size that was given.
    ///
    /// - Throws: ``AVFailure``.
    func convert(_ image: PixelBuffer) throws(AVFailure) {
        // The encoder may still have a reference to the pixels of the frame before.
        try checked("encode", av_frame_make_writable(handle))
        rgb.pointee.height = Int32(image.height)
        cffmpeg_set_plane(rgb, 0, image.base, Int32(image.bytesPerRow))
        try checked("encode", cffmpeg_scale_frame(scaler, rgb, handle))
    }
}
