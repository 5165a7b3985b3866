import Basics

/// Grid of the mean luma of a frame's cells.
///
/// It has the orientation of the stored frame, as motion detection does not need rotation.
package struct LumaGrid: Sendable {
    /// Division of the frame into cells.
    package internal(set) var layout: Layout
    /// Levels of the cells, row by row from the top left: 0 is black and 255 is white, whatever the frame's bit depth
    /// and range.
    package internal(set) var levels: [Float]

    /// Creates an empty grid.
    package init() { self.init(layout: Layout(width: 0, height: 0, orientation: .upright)) }

    init(layout: Layout) {
        self.layout = layout
        levels = [Float](repeating: 0, count: layout.count)
    }

    /// Division of a frame into cells.
    ///
    /// Cells are nearly square and nearly equal, with at least 8 × 8 pixels. There are at most 96 along the longer side
    /// and 96 × 54 in all. A frame that is smaller than a cell is one cell.
    package struct Layout: Equatable, Sendable, Codable {
        /// Width of the stored frame, in pixels.
        package let width: Int
        /// Height of the stored frame, in pixels.
        package let height: Int
        /// Number of columns of cells.
        package let columns: Int
        /// Number of rows of cells.
        package let rows: Int
        /// Rotation that shows the frame upright.
        package let orientation: Orientation

        private static let leastSide = 8
        private static let mostColumns = 96
        private static let mostCells = 96 * 54

        init(width: Int, height: Int, orientation: Orientation) {
            let area = (Double(width) * Double(height) / Double(Self.mostCells)).squareRoot()
            let longest = Double(max(width, height)) / Double(Self.mostColumns)
            let side = max(Self.leastSide, Int(max(area, longest).rounded(.up)))
            self.width = width
            self.height = height
            columns = min(width, max(1, width / side))
            rows = min(height, max(1, height / side))
            self.orientation = orientation
        }

        /// Number of cells.
        package var count: Int { columns * rows }

        /// Returns the columns of pixels of a column of cells.
        func pixelColumns(of column: Int) -> Range<Int> {
            column * width / columns..<(column + 1) * width / columns
        }

        /// Returns the rows of pixels of a row of cells.
        func pixelRows(of row: Int) -> Range<Int> { row * height / rows..<(row + 1) * height / rows }

        /// Returns the centre of a cell in normalized coordinates of the upright frame.
        func centre(column: Int, row: Int) -> (x: Double, y: Double) {
            orientation.shown(
                x: (Double(column) + 0.5) / Double(columns), y: (Double(row) + 0.5) / Double(rows))
        }
    }
}

extension LumaGrid.Layout {
    /// Returns for each cell whether its centre is outside of all masks.
    func visible(masks: [Polygon]) -> [Bool] {
        (0..<rows).flatMap { row in
            (0..<columns).map { column in
                let centre = centre(column: column, row: row)
                return !masks.contains { $0.contains(x: centre.x, y: centre.y) }
            }
        }
    }
}
