/// Line from one point to another.
package struct Segment: Equatable, Sendable {
    package var from: Point
    package var to: Point

    package init(_ from: Point, _ to: Point) {
        self.from = from
        self.to = to
    }

    package var length: Double { ((to.x - from.x) * (to.x - from.x) + (to.y - from.y) * (to.y - from.y)).squareRoot() }

    /// Returns twice the signed area of the triangle with a point: above 0 if the point is on the right-hand side, as seen
    /// on the image when going along the segment. The y axis points down.
    package func side(of point: Point) -> Double {
        (to.x - from.x) * (point.y - from.y) - (to.y - from.y) * (point.x - from.x)
    }

    /// Returns the distance of a point from the line through both ends: above 0 on the right-hand side.
    package func distance(of point: Point) -> Double { length > 0 ? side(of: point) / length : 0 }

    /// Whether both have a point in common.
    package func meets(_ other: Segment) -> Bool {
        let sides = (side(of: other.from), side(of: other.to), other.side(of: from), other.side(of: to))
        if sides.0 * sides.1 < 0, sides.2 * sides.3 < 0 { return true }
        return (sides.0 == 0 && contains(other.from)) || (sides.1 == 0 && contains(other.to))
            || (sides.2 == 0 && other.contains(from)) || (sides.3 == 0 && other.contains(to))
    }

    /// Whether a point of the same line lies between the ends.
    private func contains(_ point: Point) -> Bool {
        (min(from.x, to.x)...max(from.x, to.x)).contains(point.x)
            && (min(from.y, to.y)...max(from.y, to.y)).contains(point.y)
    }
}
