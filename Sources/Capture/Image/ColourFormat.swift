import CFFmpeg

/// Pixel format, matrix and range of a decoded frame.
struct ColourFormat: Equatable {
    /// Pixel format.
    let pixels: AVPixelFormat
    /// Matrix coefficients of YCbCr.
    private let matrix: Int32
    /// Whether samples have full range (0...255), and not limited range (16...235).
    let isFullRange: Bool

    init(_ frame: AVFrame) {
        let format = AVPixelFormat(frame.format)
        pixels = Self.withoutRange[format.rawValue] ?? format
        isFullRange = frame.color_range == AVCOL_RANGE_JPEG || pixels != format
        matrix = Self.matrix(of: frame)
    }

    var name: String { av_get_pix_fmt_name(pixels).map { String(cString: $0) } ?? "unknown" }

    /// Deprecated formats with full range in their name, and their replacements.
    private static let withoutRange: [AVPixelFormat.RawValue: AVPixelFormat] = [
        AV_PIX_FMT_YUVJ420P.rawValue: AV_PIX_FMT_YUV420P,
        AV_PIX_FMT_YUVJ422P.rawValue: AV_PIX_FMT_YUV422P,
        AV_PIX_FMT_YUVJ444P.rawValue: AV_PIX_FMT_YUV444P,
        AV_PIX_FMT_YUVJ440P.rawValue: AV_PIX_FMT_YUV440P,
        AV_PIX_FMT_YUVJ411P.rawValue: AV_PIX_FMT_YUV411P,
    ]

    /// Returns the frame's matrix. If it is unspecified, it depends on the height, as in players: BT.601 up to 576 rows,
    /// BT.709 above.
    private static func matrix(of frame: AVFrame) -> Int32 {
        switch frame.colorspace {
        case AVCOL_SPC_BT709: SWS_CS_ITU709
        case AVCOL_SPC_FCC: SWS_CS_FCC
        case AVCOL_SPC_SMPTE240M: SWS_CS_SMPTE240M
        case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: SWS_CS_BT2020
        case AVCOL_SPC_BT470BG, AVCOL_SPC_SMPTE170M: SWS_CS_ITU601
        default: frame.height > 576 ? SWS_CS_ITU709 : SWS_CS_ITU601
        }
    }

    /// Sets matrix and range of a context of libswscale. RGB formats have neither.
    func configure(_ scaler: UnsafeMutableRawPointer) {
        guard let description = av_pix_fmt_desc_get(pixels),
            description.pointee.flags & UInt64(AV_PIX_FMT_FLAG_RGB) == 0
        else { return }
        cffmpeg_scaler_set_input(scaler, matrix, isFullRange)
    }
}
