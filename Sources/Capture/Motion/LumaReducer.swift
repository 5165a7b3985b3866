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
