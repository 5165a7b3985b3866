import CFFmpeg
import CV4L2

/// Makes frames of a camera's buffers.
protocol V4L2Frames: AnyObject {
    /// Whether a frame lies in the buffer, which then must not be given back while it is looked at.
    var liesInBuffer: Bool { get }

    /// - Parameters:
    ///   - buffer: is not known to be damaged.
    ///   - frame: gets the frame.
    func read(_ buffer: V4L2Buffer, into frame: Frame) -> V4L2Reading

    /// A frame was lost before the next one.
    func noteLoss()
}

/// What came of reading a buffer.
enum V4L2Reading {
    case picture
    /// It is damaged, or made of something that was.
    case damaged
    /// The decoder wants more.
    case nothing
}

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

/// Where the planes of a raw frame lie in a buffer of V4L2: one behind the other, the rows of the first
/// `bytesperline` apart, and those of the others in proportion.
struct PlaneLayout: Equatable {
    struct Plane: Equatable {
        var offset: Int
        var bytesPerRow: Int
    }

    /// In the order in which libav counts them.
    private(set) var planes: [Plane] = []
    /// Bytes of a whole frame.
    private(set) var size = 0

    /// - Parameters:
    ///   - pixels: the format's equivalent in libav.
    ///   - swapsChroma: whether V comes before U, which libav has no name for.
    ///   - bytesPerLine: as the driver says it; 0 if it does not.
    /// - Returns: `nil` if the numbers make no sense.
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
