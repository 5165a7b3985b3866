import CFFmpeg
import CV4L2

/// Frames that are taken as they lie in memory.
final class RawFrames: V4L2Frames {
    let liesInBuffer = true
    private let pixels: AVPixelFormat
    private let size: PixelSize
    private let layout: PlaneLayout
    private let range: AVColorRange
    private let matrix: AVColorSpace

    /// - Returns: `nil` if the driver's numbers make no sense.
    init?(_ pixels: AVPixelFormat, _ format: v4l2_pix_format) {
        var format = format
        size = PixelSize(width: Int(format.width), height: Int(format.height))
        let layout = PlaneLayout(
            pixels, size: size, bytesPerLine: Int(format.bytesperline),
            swapsChroma: FourCC(code: format.pixelformat) == "YV12")
        guard let layout else { return nil }
        self.layout = layout
        self.pixels = pixels
        range = Self.range(of: &format)
        matrix = Self.matrix(of: &format)
    }

    func noteLoss() {}

    func read(_ buffer: V4L2Buffer, into frame: Frame) -> V4L2Reading {
        guard buffer.bytes.count >= layout.size, let base = buffer.bytes.baseAddress else { return .damaged }
        // libswscale reads from these and does not write, whatever their type says.
        let bytes = UnsafeMutableRawPointer(mutating: base).assumingMemoryBound(to: UInt8.self)
        frame.handle.pointee.format = pixels.rawValue
        frame.handle.pointee.width = Int32(size.width)
        frame.handle.pointee.height = Int32(size.height)
        frame.handle.pointee.color_range = range
        frame.handle.pointee.colorspace = matrix
        for (index, plane) in layout.planes.enumerated() {
            cffmpeg_set_plane(frame.handle, Int32(index), bytes + plane.offset, Int32(plane.bytesPerRow))
        }
        frame.time = buffer.time
        frame.decodeTime = nil
        return .picture
    }

    /// Grey from a camera is black at 0, whatever its driver means by "default": so libv4l2 takes it, and FFmpeg.
    private static func range(of format: inout v4l2_pix_format) -> AVColorRange {
        let isGrey = V4L2Encoding(FourCC(code: format.pixelformat))?.isGrey == true
        if isGrey, format.quantization == V4L2_QUANTIZATION_DEFAULT.rawValue { return AVCOL_RANGE_JPEG }
        return cv4l2_is_full_range(&format) ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG
    }

    private static func matrix(of format: inout v4l2_pix_format) -> AVColorSpace {
        // A driver that says nothing leaves it to the frame's size.
        guard format.colorspace != V4L2_COLORSPACE_DEFAULT.rawValue else { return AVCOL_SPC_UNSPECIFIED }
        switch v4l2_ycbcr_encoding(cv4l2_matrix(&format)) {
        case V4L2_YCBCR_ENC_601, V4L2_YCBCR_ENC_XV601: return AVCOL_SPC_SMPTE170M
        case V4L2_YCBCR_ENC_709, V4L2_YCBCR_ENC_XV709: return AVCOL_SPC_BT709
        case V4L2_YCBCR_ENC_BT2020: return AVCOL_SPC_BT2020_NCL
        case V4L2_YCBCR_ENC_SMPTE240M: return AVCOL_SPC_SMPTE240M
        default: return AVCOL_SPC_UNSPECIFIED
        }
    }
}
