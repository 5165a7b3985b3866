/// Named region that is classified separately, in normalized coordinates (0...1) of the upright frame. The origin is at
/// the top left.
package struct Region: Equatable, Sendable {
    /// Name in events.
    package var name: String
    /// Left edge, 0...1.
    package var x: Double
    /// Upper edge, 0...1.
    package var y: Double
    /// Width; above 0, and ``x`` + ``width`` is at most 1.
    package var width: Double
    /// Height; above 0, and ``y`` + ``height`` is at most 1.
    package var height: Double

    package init(name: String, x: Double, y: Double, width: Double, height: Double) {
        self.name = name
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// Region of the whole frame.
    package static let full = Region(name: fullName, x: 0, y: 0, width: 1, height: 1)
    private static let fullName = "full"

    var rectangle: Rectangle { Rectangle(x: x, y: y, width: width, height: height) }

    /// Tolerance for rounding errors of sums of decimal fractions.
    private static let slack = 1e-9

    /// Error message if it is not valid as a configured region; otherwise `nil`.
    package var problem: String? {
        if let problem = Self.problem(ofName: name) { return problem }
        for (what, value) in [("left edge", x), ("upper edge", y)] where !(0...1).contains(value) {
            return "the \(what) of a region is a number from 0 to 1, not \(value)"
        }
        for (what, value) in [("width", width), ("height", height)] where !(value > 0 && value <= 1) {
            return "the \(what) of a region is a number above 0, up to 1, not \(value)"
        }
        for (what, start, length) in [("right", x, width), ("lower", y, height)] where start + length > 1 + Self.slack {
            return "the region reaches over the \(what) edge of the frame: \(start) + \(length) is above 1"
        }
        return nil
    }

    private static func problem(ofName name: String) -> String? {
        if name.isEmpty { return "a region needs a name, as in door=0.1,0.2,0.3,0.4" }
        if name == fullName { return "'full' is the name of the whole frame; a region needs another" }
        if name.allSatisfy({ $0.isLetter || $0.isNumber || "-_.".contains($0) }) { return nil }
        return "the name of a region consists of letters, digits, '-', '_' and '.', not '\(name)'"
    }
}

/// Grid of equal regions (tiles) that cover the frame.
package struct TileGrid: Equatable, Sendable {
    /// Columns, 1...``most``.
    package var columns: Int
    /// Rows, 1...``most``.
    package var rows: Int
    /// Overlap of neighbouring tiles as a fraction of a tile's width and height, 0...0.5: an object at the edge of one
    /// tile is whole in the next.
    package var overlap: Double

    /// Most columns or rows. Every tile costs a classification.
    package static let most = 16

    package init(columns: Int, rows: Int, overlap: Double = 0) {
        self.columns = columns
        self.rows = rows
        self.overlap = overlap
    }

    /// Error message if it is not valid; otherwise `nil`.
    package var problem: String? {
        for (what, count) in [("columns", columns), ("rows", rows)] where !(1...Self.most).contains(count) {
            return "the number of \(what) of tiles is from 1 to \(Self.most), not \(count)"
        }
        return (0...0.5).contains(overlap) ? nil : "the overlap of tiles is a number from 0 to 0.5, not \(overlap)"
    }

    /// Tiles, row by row from the top left. Their names are `tile-ROW-COLUMN`, counted from 1.
    package var regions: [Region] {
        // n tiles of width w that overlap by o w cover n w − (n − 1) o w = 1.
        let width = 1 / (Double(columns) - Double(columns - 1) * overlap)
        let height = 1 / (Double(rows) - Double(rows - 1) * overlap)
        return (0..<rows).flatMap { row in
            (0..<columns).map { column in
                Region(
                    name: "tile-\(row + 1)-\(column + 1)", x: Double(column) * width * (1 - overlap),
                    y: Double(row) * height * (1 - overlap), width: width, height: height)
            }
        }
    }
}

/// A single region, or a grid of tiles.
package enum RegionArea: Equatable, Sendable {
    case part(Region)
    case tiles(TileGrid)

    /// Single regions.
    package var regions: [Region] {
        switch self {
        case .part(let region): [region]
        case .tiles(let grid): grid.regions
        }
    }
}
