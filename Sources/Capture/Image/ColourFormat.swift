import CFFmpeg

/// What the numbers of a decoded frame mean.
struct ColourFormat: Equatable {
    /// How the pixels lie in memory.
    let pixels: AVPixelFormat
    /// Which mixture of red, green and blue is luma.
    private let matrix: Int32
    /// Whether 0 is black and the largest number is white, and not 16 and 235.
    let isFullRange: Bool

    init(_ frame: AVFrame) {
        let format = AVPixelFormat(frame.format)
        pixels = Self.withoutRange[format.rawValue] ?? format
        isFullRange = frame.color_range == AVCOL_RANGE_JPEG || pixels != format
        matrix = Self.matrix(of: frame)
    }

    var name: String { av_get_pix_fmt_name(pixels).map { String(cString: $0) } ?? "unknown" }

    /// Formats that say the range by their name, and the format that they are otherwise.
    private static let withoutRange: [AVPixelFormat.RawValue: AVPixelFormat] = [
        AV_PIX_FMT_YUVJ420P.rawValue: AV_PIX_FMT_YUV420P,
        AV_PIX_FMT_YUVJ422P.rawValue: AV_PIX_FMT_YUV422P,
        AV_PIX_FMT_YUVJ444P.rawValue: AV_PIX_FMT_YUV444P,
        AV_PIX_FMT_YUVJ440P.rawValue: AV_PIX_FMT_YUV440P,
        AV_PIX_FMT_YUVJ411P.rawValue: AV_PIX_FMT_YUV411P,
    ]

    /// The matrix that the frame names. One that names none is taken for standard definition if it is
    /// that small, as players do.
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

    /// Tells libswscale. A frame that is red, green and blue already has no matrix.
    func configure(_ scaler: UnsafeMutableRawPointer) {
        guard let description = av_pix_fmt_desc_get(pixels),
            description.pointee.flags & UInt64(AV_PIX_FMT_FLAG_RGB) == 0
        else { return }
        cffmpeg_scaler_set_input(scaler, matrix, isFullRange)
    }
}
