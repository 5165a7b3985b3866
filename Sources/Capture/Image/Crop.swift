import CFFmpeg

/// Rectangle of a stored frame, in pixels. Cropping copies nothing: it only offsets the pointers of the planes.
struct Crop: Equatable {
    var left: Int
    var top: Int
    var width: Int
    var height: Int

    /// Rounds a rectangle to pixels, with at least one sample of every plane.
    ///
    /// The left and upper edges move outwards to a multiple of the chroma subsampling, as a pointer cannot refer to a
    /// part of a chroma sample.
    init(_ rectangle: Rectangle, of frame: Frame, format: ColourFormat) {
        let alignment = format.alignment
        (left, width) = Self.pixels(
            from: rectangle.x, to: rectangle.x + rectangle.width, of: frame.width, alignment: alignment.columns)
        (top, height) = Self.pixels(
            from: rectangle.y, to: rectangle.y + rectangle.height, of: frame.height, alignment: alignment.rows)
    }

    /// Returns the crop in normalized coordinates of the stored frame.
    func rectangle(in frame: Frame) -> Rectangle {
        Rectangle(
            x: Double(left) / Double(frame.width), y: Double(top) / Double(frame.height),
            width: Double(width) / Double(frame.width), height: Double(height) / Double(frame.height))
    }

    private static func pixels(
        from start: Double, to end: Double, of count: Int, alignment: Int
    ) -> (first: Int, count: Int) {
        let nearest = min(max(0, Int((start * Double(count)).rounded())), count - 1)
        let first = nearest / alignment * alignment
        let last = min(max(first + alignment, Int((end * Double(count)).rounded())), count)
        return (first, last - first)
    }

    /// Writes the byte offset of the crop in each of a frame's four planes.
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
    /// Columns and rows to which the origin of a crop is aligned.
    fileprivate var alignment: (columns: Int, rows: Int) {
        guard let description = av_pix_fmt_desc_get(pixels)?.pointee else { return (1, 1) }
        let flags = Int32(truncatingIfNeeded: description.flags)
        if flags & AV_PIX_FMT_FLAG_BITSTREAM != 0 { return (8, 1) }
        if flags & AV_PIX_FMT_FLAG_BAYER != 0 { return (2, 2) }
        return (1 << Int(description.log2_chroma_w), 1 << Int(description.log2_chroma_h))
    }

    /// Binary logarithm of the vertical chroma subsampling.
    fileprivate var chromaShift: Int {
        av_pix_fmt_desc_get(pixels).map { Int($0.pointee.log2_chroma_h) } ?? 0
    }

    fileprivate var hasPalette: Bool {
        av_pix_fmt_desc_get(pixels).map { $0.pointee.flags & UInt64(AV_PIX_FMT_FLAG_PAL) != 0 } ?? false
    }
}
