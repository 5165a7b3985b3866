import Basics

/// Point of a bounding box that counts as the place of the object.
package enum ObjectAnchor: String, CaseIterable, Equatable, Sendable {
    /// Middle of the lower edge: where a person stands.
    case bottom
    /// Center of the box: for cameras that look straight down.
    case center
    /// Middle of the upper edge.
    case top

    /// Returns the point of a box. It lies inside of the frame, also if the box reaches over its edge.
    package func point(of box: BoundingBox) -> Point {
        let y =
            switch self {
            case .bottom: box.bottom
            case .center: box.center.y
            case .top: box.y
            }
        return Point(x: Self.inside(box.center.x), y: Self.inside(y))
    }

    /// Whether the lower edge of the frame cuts a box off, so that its point is not to be seen.
    func isCutOff(_ box: BoundingBox) -> Bool { self == .bottom && box.bottom > 1 - BoundingBox.edgeMargin }

    /// An object that is cut off by the edge of the frame stands at the edge, in the zones that reach it.
    private static func inside(_ value: Double) -> Double { min(max(value, 0.0001), 0.9999) }
}

/// Polygonal region of the frame. Objects that enter or leave it are events.
package struct Zone: Equatable, Sendable {
    /// Name in event records.
    package var name: String
    /// Area, in normalized coordinates.
    package var polygon: Polygon
    /// Labels and groups that count; empty for all.
    package var labels: [String] = []
    /// Classes that count, which ``labels`` name; `nil` for all.
    package var classes: Set<Int>?
    /// Seconds for which an object must be inside before it has entered, and outside before it has left.
    package var inertia = 0.5
    /// Seconds inside after which an object is loitering; `nil` for never.
    package var loitering: Double?
    /// Point of an object's box that is inside or outside.
    package var anchor = ObjectAnchor.bottom

    package init(name: String, polygon: Polygon) {
        self.name = name
        self.polygon = polygon
    }

    /// Error message if it is not valid; otherwise `nil`.
    package var problem: String? { polygon.zoneProblem }

    /// Whether the zone is for objects of a class.
    func accepts(_ label: Int) -> Bool { classes?.contains(label) ?? true }
}

/// Line from A to B whose crossings are events and are counted.
package struct CountingLine: Equatable, Sendable {
    /// Name in event records.
    package var name: String
    /// Point A, in normalized coordinates.
    package var from: Point
    /// Point B, in normalized coordinates.
    package var to: Point
    /// Name of a crossing to the right-hand side, as seen on the image when going from A to B.
    package var toRight = "right"
    /// Name of a crossing to the left-hand side.
    package var toLeft = "left"
    /// Labels and groups that count; empty for all.
    package var labels: [String] = []
    /// Classes that count, which ``labels`` name; `nil` for all.
    package var classes: Set<Int>?
    /// Point of an object's box that crosses the line.
    package var anchor = ObjectAnchor.bottom

    package init(name: String, from: Point, to: Point) {
        self.name = name
        self.from = from
        self.to = to
    }

    var segment: Segment { Segment(from, to) }

    /// Shortest line. A shorter one is a mistake.
    private static let leastLength = 0.01

    /// Error message if it is not valid; otherwise `nil`.
    package var problem: String? {
        for (name, point) in [("from", from), ("to", to)]
        where !(0...1).contains(point.x) || !(0...1).contains(point.y) {
            return "\"\(name)\", [\(point.x), \(point.y)], is outside of the frame; coordinates are from 0 to 1"
        }
        if segment.length == 0 { return "the line has no length: both of its points are [\(from.x), \(from.y)]" }
        if segment.length < Self.leastLength { return "the line is shorter than \(Self.leastLength) of the frame" }
        return toRight == toLeft ? "both directions are called \"\(toLeft)\"; they need different names" : nil
    }

    /// Whether the line is for objects of a class.
    func accepts(_ label: Int) -> Bool { classes?.contains(label) ?? true }
}
