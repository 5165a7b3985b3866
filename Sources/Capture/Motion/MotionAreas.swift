import Basics

/// Places of motion in a frame.
enum MotionAreas {
    /// Most places of a frame.
    static let most = 16
    /// Most cells between two areas that are joined: parts of one object often have the level of the background between
    /// them.
    static let gap = 1

    /// Returns the bounding boxes of areas in the upright frame: largest first, near ones joined.
    static func boxes(of areas: [CellArea], layout: LumaGrid.Layout) -> [BoundingBox] {
        joined(areas).prefix(most).map(layout.boundingBox)
    }

    /// Joins areas until no two are near each other.
    ///
    /// - Returns: the areas by their number of cells; equal ones from the top left.
    static func joined(_ areas: [CellArea]) -> [CellArea] {
        var result: [CellArea] = []
        for area in areas {
            var area = area
            // A joined area is larger, and may be near others that neither part was near.
            while let near = result.firstIndex(where: { $0.isNear(area, gap: gap) }) {
                area = area.joined(with: result.remove(at: near))
            }
            result.append(area)
        }
        return result.sorted { $0.order < $1.order }
    }
}

extension CellArea {
    /// Key of the order: the most cells first, then from the top left.
    fileprivate var order: (Int, Int, Int) { (-count, rows.lowerBound, columns.lowerBound) }
}

extension LumaGrid.Layout {
    /// Returns the bounding box of an area in normalized coordinates of the upright frame.
    func boundingBox(of area: CellArea) -> BoundingBox {
        let left = pixelColumns(of: area.columns.lowerBound).lowerBound
        let right = pixelColumns(of: area.columns.upperBound).upperBound
        let top = pixelRows(of: area.rows.lowerBound).lowerBound
        let bottom = pixelRows(of: area.rows.upperBound).upperBound
        let shown = orientation.shown(
            Rectangle(
                x: Double(left) / Double(width), y: Double(top) / Double(height),
                width: Double(right - left) / Double(width), height: Double(bottom - top) / Double(height)))
        return BoundingBox(x: shown.x, y: shown.y, width: shown.width, height: shown.height)
    }
}
