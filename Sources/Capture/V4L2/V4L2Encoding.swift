import CFFmpeg

/// Code of a V4L2 pixel format: four characters, as `YUYV` or `MJPG`.
package struct FourCC: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// Characters, with the first one in the lowest byte. The highest bit marks a big-endian format.
    package let code: UInt32

    package init(code: UInt32) { self.code = code }

    /// - Parameter name: one to four ASCII characters; trailing spaces may be omitted.
    /// - Returns: `nil` for other text.
    package init?(name: String) {
        guard (1...4).contains(name.utf8.count), name.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else {
            return nil
        }
        self.init(characters: name)
    }

    package init(stringLiteral name: StaticString) { self.init(characters: name.description) }

    private init(characters: String) {
        let spaces = Array(repeating: UInt8(ascii: " "), count: 4)
        code = (characters.utf8 + spaces).prefix(4).enumerated().reduce(0) {
            $0 | UInt32($1.element) << (8 * UInt32($1.offset))
        }
    }

    /// Characters without trailing spaces, and `-BE` for a big-endian format.
    package var description: String {
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: (code & 0x7FFF_FFFF) >> (8 * UInt32($0))) }
        let letters = bytes.map { (0x20..<0x7F).contains($0) ? Character(UnicodeScalar($0)) : "?" }
        let name = String(letters[...(letters.lastIndex { $0 != " " } ?? 0)])
        return code >> 31 == 1 ? name + "-BE" : name
    }
}

/// Encoding of a V4L2 pixel format: raw, or with a codec.
enum V4L2Encoding: Equatable {
    /// Raw, with FFmpeg's equivalent format.
    case raw(AVPixelFormat)
    /// Encoded with a codec of libavcodec.
    case encoded(AVCodecID)

    /// - Returns: `nil` for formats that only libv4l2 converts, or that are not supported at all.
    init?(_ code: FourCC) {
        // The formats that libswscale reads depend on its version: some lack NV16.
        if let pixels = Self.pixelFormats[code], sws_isSupportedInput(pixels) > 0 {
            self = .raw(pixels)
        } else if let codec = Self.codecs[code] {
            self = .encoded(codec)
        } else {
            return nil
        }
    }

    /// Formats of the kernel's documentation ("Image Formats") with the same order of components in memory.
    private static let pixelFormats: [FourCC: AVPixelFormat] = [
        "NV12": AV_PIX_FMT_NV12, "NV21": AV_PIX_FMT_NV21, "NV16": AV_PIX_FMT_NV16, "NV24": AV_PIX_FMT_NV24,
        "YU12": AV_PIX_FMT_YUV420P, "YV12": AV_PIX_FMT_YUV420P, "422P": AV_PIX_FMT_YUV422P,
        "411P": AV_PIX_FMT_YUV411P, "YUV9": AV_PIX_FMT_YUV410P,
        "YUYV": AV_PIX_FMT_YUYV422, "UYVY": AV_PIX_FMT_UYVY422, "YVYU": AV_PIX_FMT_YVYU422,
        "RGB3": AV_PIX_FMT_RGB24, "BGR3": AV_PIX_FMT_BGR24, "RGBP": AV_PIX_FMT_RGB565LE,
        "RGBR": AV_PIX_FMT_RGB565BE, "RGBO": AV_PIX_FMT_RGB555LE, "XR15": AV_PIX_FMT_RGB555LE,
        "RGB4": AV_PIX_FMT_0RGB, "BGR4": AV_PIX_FMT_BGR0, "BX24": AV_PIX_FMT_0RGB, "BA24": AV_PIX_FMT_0RGB,
        "XR24": AV_PIX_FMT_BGR0, "AR24": AV_PIX_FMT_BGR0, "XB24": AV_PIX_FMT_RGB0, "AB24": AV_PIX_FMT_RGB0,
        "GREY": AV_PIX_FMT_GRAY8, "Y10 ": AV_PIX_FMT_GRAY10LE, "Y12 ": AV_PIX_FMT_GRAY12LE,
        "Y16 ": AV_PIX_FMT_GRAY16LE,
    ]

    private static let codecs: [FourCC: AVCodecID] = [
        "MJPG": AV_CODEC_ID_MJPEG, "JPEG": AV_CODEC_ID_MJPEG, "H264": AV_CODEC_ID_H264, "HEVC": AV_CODEC_ID_HEVC,
    ]

    /// Cost of reading: 0 for raw frames, 1 for intra-only codecs, 2 for others.
    var costClass: Int {
        switch self {
        case .raw: 0
        case .encoded(AV_CODEC_ID_MJPEG): 1
        case .encoded: 2
        }
    }

    /// Whether it is a grayscale format.
    var isGrey: Bool {
        guard case .raw(let pixels) = self else { return false }
        return av_pix_fmt_desc_get(pixels)?.pointee.nb_components == 1
    }

    /// Bits per pixel in memory of a raw format; 0 for others.
    var bitsPerPixel: Int {
        guard case .raw(let pixels) = self, let description = av_pix_fmt_desc_get(pixels) else { return 0 }
        return Int(av_get_padded_bits_per_pixel(description))
    }
}
