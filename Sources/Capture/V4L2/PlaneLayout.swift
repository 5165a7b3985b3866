import CFFmpeg
import CV4L2

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
