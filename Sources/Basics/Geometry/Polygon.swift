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
package struct Polygon: Equatable, Sendable {
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
