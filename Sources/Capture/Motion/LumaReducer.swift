import CFFmpeg

/// Makes grids of frames, as the decoder gives them.
///
/// The luma plane is read where it lies, without any conversion. Of a cell, at most eight rows are read,
/// evenly spread: more would hardly change a mean of so many pixels. What has no such plane (RGB, palettes,
/// and whatever else ``LumaPlane`` cannot read) is made grey and small by libswscale, which takes all pixels
/// into account and several times as long.
///
/// Nothing is allocated while the frames stay the same size. Used by one thread at a time.
package final class LumaReducer {
    /// The sums of the columns of pixels in a row of cells.
    private var sums: [UInt16] = []
    private let converter = PixelConverter(to: AV_PIX_FMT_GRAY8)
    /// What libswscale writes.
    private var grey: [UInt8] = []

    /// Eight numbers of twelve bits, or of eight, can be added up in 16 bits.
    static let mostRows = 8

    package init() {}

    /// Writes a frame's levels.
    ///
    /// - Parameters:
    ///   - frame: stays as it is.
    ///   - grid: gets another layout if the frame's size is another.
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

    /// The rows of pixels of a cell that are read.
    static func rowsRead(of rows: Range<Int>) -> some Sequence<Int> {
        let count = min(rows.count, mostRows)
        // The middles of as many equal parts. Where rows are left out, the parts are not of even length,
        // so both fields of an interlaced frame count.
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

    /// libswscale writes whole vectors, which may reach past the end of the last row.
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

/// How the luma of a frame can be read without a conversion: all of it is in the first plane, one number
/// a pixel, in one byte or in two.
struct LumaPlane: Equatable {
    /// Whether a number takes two bytes, together with whatever else is in them.
    let isWide: Bool
    /// How far the number lies from the lowest bit, and which bits are its own then. Numbers of more than
    /// 12 bits lose those below the twelfth.
    let shift: UInt16
    let mask: UInt16
    /// The numbers that stand for black and white.
    let black: Float
    let white: Float

    /// As many bits are kept as can be added up eight times in 16 bits.
    private static let mostBits: Int32 = 12

    /// - Returns: `nil` if the format has no luma, or has it differently: RGB, palettes, single bits, big
    ///   endian, packed formats of more than two bytes a pixel.
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
        // Grey frames have no range of their own: libswscale, too, takes all of them as full.
        let isFull = format.isFullRange || description.nb_components < 3
        black = isFull ? 0 : Float(16 << (bits - 8))
        white = isFull ? Float(mask) : Float(235 << (bits - 8))
    }

    /// Adds the numbers of a row of pixels to the sums of their columns.
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

    /// The level, 0...255, of a mean of numbers.
    func level(_ mean: Float) -> Float { min(max((mean - black) * (255 / (white - black)), 0), 255) }
}
