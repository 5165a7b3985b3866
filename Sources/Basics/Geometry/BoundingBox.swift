/// Axis-aligned rectangle in normalized coordinates of the upright frame. The origin is at the top left, and the frame is
/// 0...1 in both directions. A bounding box may reach over the edges of the frame.
package struct BoundingBox: Equatable, Hashable, Sendable, Codable {
    /// Left edge.
    package var x: Double
    /// Upper edge.
    package var y: Double
    /// Width, at least 0.
    package var width: Double
    /// Height, at least 0.
    package var height: Double

    package init(x: Double, y: Double, width: Double, height: Double) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// Creates a bounding box from its edges. Edges in the wrong order give an empty one.
    package init(left: Double, top: Double, right: Double, bottom: Double) {
        self.init(x: left, y: top, width: max(0, right - left), height: max(0, bottom - top))
    }

    package var right: Double { x + width }
    package var bottom: Double { y + height }
    package var area: Double { width * height }
    package var center: Point { Point(x: x + width / 2, y: y + height / 2) }
    package var bottomCenter: Point { Point(x: x + width / 2, y: bottom) }

    /// Distance from an edge of the frame below which the edge cuts a box off: detectors are not more exact.
    package static let edgeMargin = 0.01

    /// Returns the common part of both; `nil` if there is none.
    package func intersection(with other: BoundingBox) -> BoundingBox? {
        let left = max(x, other.x)
        let top = max(y, other.y)
        let right = min(right, other.right)
        let bottom = min(bottom, other.bottom)
        guard right > left, bottom > top else { return nil }
        return BoundingBox(left: left, top: top, right: right, bottom: bottom)
    }

    /// Returns the smallest bounding box that contains both.
    package func union(with other: BoundingBox) -> BoundingBox {
        BoundingBox(
            left: min(x, other.x), top: min(y, other.y), right: max(right, other.right),
            bottom: max(bottom, other.bottom))
    }

    /// Returns the intersection over union of both (IoU, the Jaccard index), 0...1.
    package func intersectionOverUnion(with other: BoundingBox) -> Double {
        guard let common = intersection(with: other)?.area else { return 0 }
        return common / (area + other.area - common)
    }

    /// The part that lies in the frame.
    package var clampedToFrame: BoundingBox {
        func clamp(_ value: Double) -> Double { min(max(value, 0), 1) }
        return BoundingBox(left: clamp(x), top: clamp(y), right: clamp(right), bottom: clamp(bottom))
    }
}
