import CFFmpeg

/// A part of a stored frame, in pixels. The frame itself stays as it is: what is cut out is only looked
/// at from another place in memory.
struct Crop: Equatable {
    var left: Int
    var top: Int
    var width: Int
    var height: Int

    /// The pixels nearest to a rectangle, at least one of every plane.
    ///
    /// The left and the upper edge move outwards to where a pixel of every plane begins: where one pair of
    /// colour differences serves two pixels or four, half of it cannot be pointed at.
    init(_ rectangle: Rectangle, of frame: Frame, format: ColourFormat) {
        let alignment = format.alignment
        (left, width) = Self.pixels(
            from: rectangle.x, to: rectangle.x + rectangle.width, of: frame.width, alignment: alignment.columns)
        (top, height) = Self.pixels(
            from: rectangle.y, to: rectangle.y + rectangle.height, of: frame.height, alignment: alignment.rows)
    }

    private static func pixels(
        from start: Double, to end: Double, of count: Int, alignment: Int
    ) -> (first: Int, count: Int) {
        let nearest = min(max(0, Int((start * Double(count)).rounded())), count - 1)
        let first = nearest / alignment * alignment
        let last = min(max(first + alignment, Int((end * Double(count)).rounded())), count)
        return (first, last - first)
    }

    /// Writes how many bytes after its beginning each of a frame's four planes begins in the cut-out.
    func writeOffsets(of frame: Frame, format: ColourFormat, to offsets: UnsafeMutableBufferPointer<Int>) {
        withUnsafePointer(to: &frame.handle.pointee.linesize.0) { strides in
            for plane in 0..<4 {
                // The second plane of a frame with a palette is the palette.
                let isPalette = format.hasPalette && plane == 1
                let rows = plane == 1 || plane == 2 ? top >> format.chromaShift : top
                let columns = Int(av_image_get_linesize(format.pixels, Int32(left), Int32(plane)))
                offsets[plane] = isPalette ? 0 : rows * Int(strides[plane]) + max(0, columns)
            }
        }
    }
}

extension ColourFormat {
    /// The columns and rows between places where a pixel of every plane begins.
    fileprivate var alignment: (columns: Int, rows: Int) {
        guard let description = av_pix_fmt_desc_get(pixels)?.pointee else { return (1, 1) }
        let flags = Int32(truncatingIfNeeded: description.flags)
        if flags & AV_PIX_FMT_FLAG_BITSTREAM != 0 { return (8, 1) }
        if flags & AV_PIX_FMT_FLAG_BAYER != 0 { return (2, 2) }
        return (1 << Int(description.log2_chroma_w), 1 << Int(description.log2_chroma_h))
    }

    /// The logarithm of the rows of pixels that share one row of colour differences.
    fileprivate var chromaShift: Int {
        av_pix_fmt_desc_get(pixels).map { Int($0.pointee.log2_chroma_h) } ?? 0
    }

    fileprivate var hasPalette: Bool {
        av_pix_fmt_desc_get(pixels).map { $0.pointee.flags & UInt64(AV_PIX_FMT_FLAG_PAL) != 0 } ?? false
    }
}
