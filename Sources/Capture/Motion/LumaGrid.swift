/// A frame as a grid of cells, each with the mean brightness of its pixels.
///
/// It lies as the frame is stored, not as it is shown: turning it would cost time and tell nothing new.
package struct LumaGrid: Sendable {
    /// How a frame is divided.
    package internal(set) var layout: Layout
    /// Row by row from the top left; 0 is black, 255 is white, whatever the depth and range of the frame.
    package internal(set) var levels: [Float]

    /// A grid of nothing.
    package init() { self.init(layout: Layout(width: 0, height: 0, orientation: .upright)) }

    init(layout: Layout) {
        self.layout = layout
        levels = [Float](repeating: 0, count: layout.count)
    }

    /// How a frame of a size is divided into cells.
    ///
    /// The cells are nearly square and nearly equal, at least 8 × 8 pixels, and there are at most 96 in
    /// the longer direction and 96 × 54 in all. A frame that is smaller than a cell is one cell.
    package struct Layout: Equatable, Sendable {
        /// Of the stored frame, pixels.
        package let width: Int
        /// Pixels of the frame, as they are stored.
        package let height: Int
        /// Cells from left to right.
        package let columns: Int
        /// Cells from top to bottom.
        package let rows: Int
        /// How the stored frame has to be turned to stand upright.
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

        /// How many cells there are.
        package var count: Int { columns * rows }

        /// The columns of pixels that belong to a column of cells.
        func pixelColumns(of column: Int) -> Range<Int> {
            column * width / columns..<(column + 1) * width / columns
        }

        /// The rows of pixels that belong to a row of cells.
        func pixelRows(of row: Int) -> Range<Int> { row * height / rows..<(row + 1) * height / rows }

        /// Where the centre of a cell is in the upright frame, in parts of its width and height.
        func centre(column: Int, row: Int) -> (x: Double, y: Double) {
            orientation.shown(
                x: (Double(column) + 0.5) / Double(columns), y: (Double(row) + 0.5) / Double(rows))
        }
    }
}
