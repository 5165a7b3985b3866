/// Point in normalized coordinates of the upright frame. The origin is at the top left.
package struct Point: Equatable, Hashable, Sendable, Codable {
    /// Distance from the left edge; 0...1 in the frame.
    package var x: Double
    /// Distance from the upper edge; 0...1 in the frame.
    package var y: Double

    package init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}

/// Polygon in normalized coordinates of the upright frame.
package struct Polygon: Equatable, Sendable, Codable {
    /// Corners, in order. The last one is connected with the first.
    package var points: [Point]

    package init(_ points: [Point]) { self.points = points }

    /// Error message if it is not valid as a mask; otherwise `nil`.
    package var problem: String? {
        if points.count < 3 { return "a mask has at least three corners, not \(points.count)" }
        for point in points where !(0...1).contains(point.x) || !(0...1).contains(point.y) {
            return "the corners of a mask are numbers from 0 to 1, not (\(point.x), \(point.y))"
        }
        return nil
    }

    /// Whether a point is inside, by the even-odd rule.
    package func contains(x: Double, y: Double) -> Bool {
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

extension Polygon {
    /// Error message if it is not valid as a zone; otherwise `nil`. Corners and edges are counted from 1.
    package var zoneProblem: String? {
        if points.count < 3 { return "a zone has at least three corners, not \(points.count)" }
        for (index, point) in points.enumerated() where !(0...1).contains(point.x) || !(0...1).contains(point.y) {
            return "corner \(index + 1), [\(point.x), \(point.y)], is outside of the frame; coordinates are from 0 to 1"
        }
        if let (first, second) = crossingEdges {
            return "its edges \(first) and \(second) cross; edge \(first) begins at corner \(first)"
        }
        return area > 0 ? nil : "it has no area: all its corners are on one line"
    }

    /// Area of a polygon that does not cross itself (shoelace formula).
    package var area: Double {
        let next = points.dropFirst() + points.prefix(1)
        return abs(zip(points, next).reduce(0) { $0 + $1.0.x * $1.1.y - $1.1.x * $1.0.y }) / 2
    }

    /// Numbers of two edges that cross or touch, without being neighbors.
    private var crossingEdges: (Int, Int)? {
        let count = points.count
        for first in 0..<count {
            for second in first + 1..<count where second != first + 1 && (first != 0 || second != count - 1) {
                if Segment(points[first], points[(first + 1) % count])
                    .meets(Segment(points[second], points[(second + 1) % count]))
                {
                    return (first + 1, second + 1)
                }
            }
        }
        return nil
    }
}
