import Basics
import Capture

/// Square crop of a full-resolution frame, which the network gets besides the whole frame.
package struct FrameCrop: Hashable, Sendable, Codable {
    /// Left edge, in pixels of the upright frame.
    package let left: Int
    /// Upper edge, in pixels of the upright frame.
    package let top: Int
    /// Width and height, in pixels.
    package let side: Int
    /// Size of the upright frame, in square pixels.
    package let frame: PixelSize

    /// - Parameter frame: size of the upright frame. It contains the crop.
    package init(left: Int, top: Int, side: Int, frame: PixelSize) {
        self.left = left
        self.top = top
        self.side = side
        self.frame = frame
    }

    /// Place in normalized coordinates of the upright frame.
    package var box: BoundingBox {
        BoundingBox(
            x: Double(left) / Double(frame.width), y: Double(top) / Double(frame.height),
            width: Double(side) / Double(frame.width), height: Double(side) / Double(frame.height))
    }

    /// Region to be scaled with ``Fit/squash``: it is a square.
    package var region: Region {
        let box = box
        return Region(name: "crop", x: box.x, y: box.y, width: box.width, height: box.height)
    }

    /// Place in pixels.
    var pixels: PixelBox {
        PixelBox(left: Double(left), top: Double(top), right: Double(left + side), bottom: Double(top + side))
    }

    /// Key of the order, which depends on nothing but the place.
    var order: (Int, Int, Int) { (top, left, side) }
}

/// Rectangle in pixels of the upright frame.
struct PixelBox: Equatable, Sendable, Codable {
    var left: Double
    var top: Double
    var right: Double
    var bottom: Double

    init(left: Double, top: Double, right: Double, bottom: Double) {
        self.left = left
        self.top = top
        self.right = right
        self.bottom = bottom
    }

    /// Creates a rectangle from the part of a bounding box that lies in the frame; `nil` if there is none.
    init?(_ box: BoundingBox, in frame: PixelSize) {
        guard box.x.isFinite, box.y.isFinite, box.width.isFinite, box.height.isFinite else { return nil }
        let box = box.clampedToFrame
        guard box.area > 0 else { return nil }
        let (width, height) = (Double(frame.width), Double(frame.height))
        self.init(left: box.x * width, top: box.y * height, right: box.right * width, bottom: box.bottom * height)
    }

    var width: Double { right - left }
    var height: Double { bottom - top }
    /// The longer one of width and height.
    var longSide: Double { max(width, height) }
    var centerX: Double { (left + right) / 2 }
    var centerY: Double { (top + bottom) / 2 }

    func union(with other: PixelBox) -> PixelBox {
        PixelBox(
            left: min(left, other.left), top: min(top, other.top), right: max(right, other.right),
            bottom: max(bottom, other.bottom))
    }

    /// Returns the rectangle with a margin on each side, in the part of it that lies in the frame.
    func grown(by margin: Double, in frame: PixelSize) -> PixelBox {
        PixelBox(
            left: max(0, left - margin), top: max(0, top - margin), right: min(Double(frame.width), right + margin),
            bottom: min(Double(frame.height), bottom + margin))
    }

    func contains(_ other: PixelBox) -> Bool {
        left <= other.left && top <= other.top && right >= other.right && bottom >= other.bottom
    }

    /// Whether the centre of another rectangle is inside.
    func containsCenter(of other: PixelBox) -> Bool {
        (left...right).contains(other.centerX) && (top...bottom).contains(other.centerY)
    }

    /// Returns the fraction of the area that another rectangle covers, 0...1.
    func covered(by other: PixelBox) -> Double {
        let width = min(right, other.right) - max(left, other.left)
        let height = min(bottom, other.bottom) - max(top, other.top)
        guard width > 0, height > 0, self.width > 0, self.height > 0 else { return 0 }
        return width * height / (self.width * self.height)
    }
}
