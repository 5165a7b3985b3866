/// An area of the frame, by its corners.
package struct Polygon: Equatable, Sendable {
    /// A place in the frame: parts of its width and height from the upper left corner, 0...1.
    package struct Point: Equatable, Sendable {
        /// From the left edge, in parts of the width of the upright frame, 0...1.
        package var x: Double
        /// From the upper edge, in parts of the height of the upright frame, 0...1.
        package var y: Double

        package init(x: Double, y: Double) {
            self.x = x
            self.y = y
        }
    }

    /// In the order in which they are connected; the last one with the first.
    package var points: [Point]

    package init(_ points: [Point]) { self.points = points }

    /// What is wrong with it, in a sentence; `nil` if nothing is.
    package var problem: String? {
        if points.count < 3 { return "a mask has at least three corners, not \(points.count)" }
        for point in points where !(0...1).contains(point.x) || !(0...1).contains(point.y) {
            return "the corners of a mask are numbers from 0 to 1, not (\(point.x), \(point.y))"
        }
        return nil
    }

    /// Whether a point is inside: a line from it to the right crosses the boundary an odd number of times.
    func contains(x: Double, y: Double) -> Bool {
        var isInside = false
        var previous = points.last ?? Point(x: 0, y: 0)
        for point in points {
            if (point.y > y) != (previous.y > y) {
                let part = (y - point.y) / (previous.y - point.y)
                if x < point.x + part * (previous.x - point.x) { isInside.toggle() }
            }
            previous = point
        }
        return isInside
    }
}

extension LumaGrid.Layout {
    /// Which cells count: those whose centre is in none of the masks.
    func visible(masks: [Polygon]) -> [Bool] {
        (0..<rows).flatMap { row in
            (0..<columns).map { column in
                let centre = centre(column: column, row: row)
                return !masks.contains { $0.contains(x: centre.x, y: centre.y) }
            }
        }
    }
}
