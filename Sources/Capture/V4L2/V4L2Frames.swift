import CFFmpeg
import CV4L2

/// Makes frames of a camera's buffers.
protocol V4L2Frames: AnyObject {
    /// Whether frames refer to the memory of their buffer, which then must not be returned while the frame is in use.
    var refersToBuffer: Bool { get }

    /// Reads a buffer.
    ///
    /// - Parameters:
    ///   - buffer: buffer that the driver does not mark as corrupt.
    ///   - frame: receives the frame.
    func read(_ buffer: V4L2Buffer, into frame: Frame) -> V4L2ReadResult

    /// Records that a frame was lost before the next one.
    func noteLoss()
}

/// Result of reading a buffer.
enum V4L2ReadResult {
    case frame
    /// The frame is corrupt, or depends on a corrupt one.
    case corrupt
    /// The decoder needs another buffer.
    case wantsMore
}

/// Raw frames, which refer to the driver's memory.
final class RawFrames: V4L2Frames {
    let refersToBuffer = true
    private let pixels: AVPixelFormat
    private let size: PixelSize
    private let layout: PlaneLayout
    private let range: AVColorRange
    private let matrix: AVColorSpace

    /// - Returns: `nil` if the driver's sizes are impossible.
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

    func read(_ buffer: V4L2Buffer, into frame: Frame) -> V4L2ReadResult {
        guard buffer.bytes.count >= layout.size, let base = buffer.bytes.baseAddress else { return .corrupt }
        // libswscale only reads through these pointers, though they are mutable.
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
        return .frame
    }

    /// Returns the range. Grey frames with the "default" range count as full range, as in libv4l2 and FFmpeg.
    private static func range(of format: inout v4l2_pix_format) -> AVColorRange {
        let isGrey = V4L2Encoding(FourCC(code: format.pixelformat))?.isGrey == true
        if isGrey, format.quantization == V4L2_QUANTIZATION_DEFAULT.rawValue { return AVCOL_RANGE_JPEG }
        return cv4l2_is_full_range(&format) ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG
    }

    private static func matrix(of format: inout v4l2_pix_format) -> AVColorSpace {
        // Unspecified: chosen by the frame's size later.
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

/// Layout of the planes of a raw frame in a V4L2 buffer: contiguous, with a stride of `bytesperline` for the first plane
/// and in proportion for the others.
struct PlaneLayout: Equatable {
    struct Plane: Equatable {
        var offset: Int
        var bytesPerRow: Int
    }

    /// Planes in FFmpeg's order.
    private(set) var planes: [Plane] = []
    /// Bytes of a whole frame.
    private(set) var size = 0

    /// - Parameters:
    ///   - pixels: FFmpeg's pixel format.
    ///   - size: size of the frame.
    ///   - bytesPerLine: stride of the first plane as the driver states it; 0 if it does not.
    ///   - swapsChroma: whether V comes before U, for which FFmpeg has no pixel format.
    /// - Returns: `nil` if the sizes are impossible.
    init?(_ pixels: AVPixelFormat, size: PixelSize, bytesPerLine: Int, swapsChroma: Bool) {
        guard let description = av_pix_fmt_desc_get(pixels)?.pointee, (1...32768).contains(size.width),
            (1...32768).contains(size.height), bytesPerLine <= 1 << 20
        else { return nil }
        let components = [description.comp.0, description.comp.1, description.comp.2]
            .prefix(Int(description.nb_components))
        let planeCount = Int(av_pix_fmt_count_planes(pixels))
        let bytesPerRow = max(bytesPerLine, Int(av_image_get_linesize(pixels, Int32(size.width), 0)))
        let columns = bytesPerRow / Int(components[0].step)
        for index in 0..<planeCount {
            let component = components.first { $0.plane == index } ?? components[0]
            let isChroma = index > 0
            let stride = isChroma ? (columns >> Int(description.log2_chroma_w)) * Int(component.step) : bytesPerRow
            let rows = isChroma ? -(-size.height >> Int(description.log2_chroma_h)) : size.height
            let least = Int(av_image_get_linesize(pixels, Int32(size.width), Int32(index)))
            planes.append(Plane(offset: self.size, bytesPerRow: max(stride, least)))
            self.size += planes[index].bytesPerRow * rows
        }
        if swapsChroma, planeCount == 3 { planes.swapAt(1, 2) }
    }
}
