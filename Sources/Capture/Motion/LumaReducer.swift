import CFFmpeg

/// Computes the luma grids of decoded frames.
///
/// It reads the luma plane in place, without conversion. It reads at most eight evenly spaced rows of each cell, as more
/// would hardly change the mean. Formats without such a plane (RGB, palettes and others that ``LumaPlane`` cannot read)
/// are converted and scaled by libswscale, which reads all pixels and takes several times as long.
///
/// Allocates nothing while the frame size stays the same. May be used by one thread at a time.
package final class LumaReducer {
    /// Sums of the columns of pixels in a row of cells.
    private var sums: [UInt16] = []
    private let converter = PixelConverter(to: AV_PIX_FMT_GRAY8)
    /// Output of libswscale.
    private var grey: [UInt8] = []

    /// Most rows of a cell that are read: eight samples of up to twelve bits add up to at most 16 bits.
    static let mostRows = 8

    package init() {}

    /// Computes the grid of a frame.
    ///
    /// - Parameters:
    ///   - frame: source frame; not changed.
    ///   - grid: receives the levels. Its layout changes with the frame size.
    /// - Throws: ``AVFailure`` if libswscale is needed and cannot read the frame's format.
    package func reduce(_ frame: Frame, into grid: inout LumaGrid) throws(AVFailure) {
        let layout = LumaGrid.Layout(width: frame.width, height: frame.height, orientation: frame.orientation)
        if grid.layout != layout { grid = LumaGrid(layout: layout) }
        let format = ColourFormat(frame.handle.pointee)
        if let plane = LumaPlane(format), let luma = frame.handle.pointee.data.0 {
            read(plane, luma, bytesPerRow: Int(frame.handle.pointee.linesize.0), into: &grid)
        } else {
            try convert(frame, format, into: &grid)
        }
    }

    /// Returns the rows of pixels that are read of a cell.
    static func rowsRead(of rows: Range<Int>) -> some Sequence<Int> {
        let count = min(rows.count, mostRows)
        // The middle rows of `count` equal intervals. Where rows are skipped, the intervals do not have even lengths, so
        // that both fields of an interlaced frame are read.
        return (0..<count).lazy.map { rows.lowerBound + (2 * $0 + 1) * rows.count / (2 * count) }
    }

    private func read(
        _ plane: LumaPlane, _ luma: UnsafeMutablePointer<UInt8>, bytesPerRow: Int, into grid: inout LumaGrid
    ) {
        let layout = grid.layout
        if sums.count != layout.width { sums = [UInt16](repeating: 0, count: layout.width) }
        sums.withUnsafeMutableBufferPointer { sums in
            guard let base = sums.baseAddress else { return }
            for row in 0..<layout.rows {
                let pixelRows = layout.pixelRows(of: row)
                sums.update(repeating: 0)
                for pixelRow in Self.rowsRead(of: pixelRows) {
                    plane.add(luma + pixelRow * bytesPerRow, width: layout.width, to: base)
                }
                let rowsRead = min(pixelRows.count, Self.mostRows)
                for column in 0..<layout.columns {
                    let columns = layout.pixelColumns(of: column)
                    let mean = Float(Self.sum(base, columns)) / Float(columns.count * rowsRead)
                    grid.levels[row * layout.columns + column] = plane.level(mean)
                }
            }
        }
    }

    private static func sum(_ sums: UnsafeMutablePointer<UInt16>, _ columns: Range<Int>) -> UInt32 {
        var total: UInt32 = 0
        for column in columns { total &+= UInt32(sums[column]) }
        return total
    }

    /// Bytes after the last row, as libswscale writes whole vectors and may write past its end.
    private static let slack = 64

    private func convert(_ frame: Frame, _ format: ColourFormat, into grid: inout LumaGrid) throws(AVFailure) {
        let layout = grid.layout
        let bytesPerRow = (layout.columns + Self.slack - 1) / Self.slack * Self.slack
        let size = layout.rows * bytesPerRow + Self.slack
        if grey.count != size { grey = [UInt8](repeating: 0, count: size) }
        let whole = Crop(Region.full.rectangle, of: frame, format: format)
        try grey.withUnsafeMutableBufferPointer { (grey) throws(AVFailure) in
            guard let base = grey.baseAddress else { return }
            try converter.convert(
                whole, of: frame, format: format, width: layout.columns, height: layout.rows,
                into: base, bytesPerRow: bytesPerRow)
        }
        for row in 0..<layout.rows {
            for column in 0..<layout.columns {
                grid.levels[row * layout.columns + column] = Float(grey[row * bytesPerRow + column])
            }
        }
    }
}

/// Layout of luma samples that can be read without conversion: in the first plane, one per pixel, in one or two bytes.
struct LumaPlane: Equatable {
    /// Whether a sample takes two bytes, of which some bits may belong to other components.
    let isWide: Bool
    /// Right shift of a two-byte sample. Samples of more than 12 bits lose the lower ones.
    let shift: UInt16
    /// Mask of a sample after the shift.
    let mask: UInt16
    /// Sample value of black.
    let black: Float
    /// Sample value of white.
    let white: Float

    /// Most bits of a sample, so that eight of them add up to at most 16 bits.
    private static let mostBits: Int32 = 12

    /// - Returns: `nil` if the format has no such luma plane: RGB, palettes, bitstreams, big endian, and packed formats
    ///   of more than two bytes per pixel.
    init?(_ format: ColourFormat) {
        let unreadable =
            AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM
            | AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_FLOAT | AV_PIX_FMT_FLAG_BAYER
        guard let description = av_pix_fmt_desc_get(format.pixels)?.pointee,
            description.flags & UInt64(unreadable) == 0
        else { return nil }
        let luma = description.comp.0
        guard luma.plane == 0, luma.step == 1 || luma.step == 2, luma.offset < luma.step else { return nil }
        isWide = luma.step == 2
        if luma.depth > 8 {
            guard isWide, luma.offset == 0, description.flags & UInt64(AV_PIX_FMT_FLAG_BE) == 0 else { return nil }
        } else {
            guard luma.depth == 8, luma.shift == 0 else { return nil }
        }
        let bits = min(luma.depth, Self.mostBits)
        shift = UInt16(8 * luma.offset + luma.shift + luma.depth - bits)
        mask = UInt16((1 << bits) - 1)
        // Grayscale frames have full range, as in libswscale.
        let isFull = format.isFullRange || description.nb_components < 3
        black = isFull ? 0 : Float(16 << (bits - 8))
        white = isFull ? Float(mask) : Float(235 << (bits - 8))
    }

    /// Adds the samples of a row of pixels to the sums of their columns.
    func add(_ row: UnsafePointer<UInt8>, width: Int, to sums: UnsafeMutablePointer<UInt16>) {
        if isWide {
            Self.addWords(UnsafeRawPointer(row), width, shift, mask, sums)
        } else {
            for column in 0..<width { sums[column] &+= UInt16(row[column]) }
        }
    }

    private static func addWords(
        _ row: UnsafeRawPointer, _ width: Int, _ shift: UInt16, _ mask: UInt16,
        _ sums: UnsafeMutablePointer<UInt16>
    ) {
        for column in 0..<width {
            let word = UInt16(littleEndian: row.loadUnaligned(fromByteOffset: 2 * column, as: UInt16.self))
            sums[column] &+= (word &>> shift) & mask
        }
    }

    /// Converts a mean of samples to a level, 0...255.
    func level(_ mean: Float) -> Float { min(max((mean - black) * (255 / (white - black)), 0), 255) }
}
