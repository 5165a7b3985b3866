import CFFmpeg

/// Width and height, in pixels.
package struct PixelSize: Hashable, Sendable, CustomStringConvertible {
    /// Pixels in a row.
    package var width: Int
    /// Rows.
    package var height: Int

    package init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// - Parameter text: as `640x480`.
    package init?(_ text: String) {
        let numbers = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let width = numbers[0], let height = numbers[1],
            (1...65_535).contains(width), (1...65_535).contains(height)
        else { return nil }
        self.init(width: width, height: height)
    }

    /// Whether the other is no larger, in both directions.
    package func covers(_ other: PixelSize) -> Bool { width >= other.width && height >= other.height }

    package var description: String { "\(width)x\(height)" }
}

/// A part of a frame, in parts of its width and height, from its top left corner.
struct Rectangle: Equatable {
    var x: Double
    var y: Double
    var width: Double
    var height: Double

    /// Its middle, so many parts of it wide and high.
    func middle(width part: Double, height otherPart: Double) -> Rectangle {
        Rectangle(
            x: x + width * (1 - part) / 2, y: y + height * (1 - otherPart) / 2,
            width: width * part, height: height * otherPart)
    }
}

/// How a frame is brought into the shape that a network wants.
package enum Fit: String, CaseIterable, Sendable {
    /// The whole frame is seen, stretched in one direction.
    case squash
    /// The middle is seen, undistorted; what does not fit is cut off.
    case crop
    /// The whole frame is seen, undistorted, with bars.
    case pad

    /// Which part of a frame goes where.
    struct Geometry: Equatable {
        /// The part of the frame's width and height that is used, around its centre; up to 1.
        var sourceWidth: Double
        var sourceHeight: Double
        /// Pixels of the target that are filled, around its centre.
        var targetWidth: Int
        var targetHeight: Int
    }

    /// - Parameters:
    ///   - width: of the frame as it is shown, in any unit.
    ///   - height: of the frame as it is shown, in the same unit.
    ///   - targetWidth: pixels.
    ///   - targetHeight: pixels.
    func geometry(width: Double, height: Double, targetWidth: Int, targetHeight: Int) -> Geometry {
        let scaleX = Double(targetWidth) / width
        let scaleY = Double(targetHeight) / height
        var geometry = Geometry(
            sourceWidth: 1, sourceHeight: 1, targetWidth: targetWidth, targetHeight: targetHeight)
        switch self {
        case .squash:
            break
        case .crop:
            let scale = max(scaleX, scaleY)
            geometry.sourceWidth = scaleX / scale
            geometry.sourceHeight = scaleY / scale
        case .pad:
            let scale = min(scaleX, scaleY)
            geometry.targetWidth = max(1, Int((width * scale).rounded()))
            geometry.targetHeight = max(1, Int((height * scale).rounded()))
        }
        return geometry
    }
}

/// How a stored frame has to be turned and mirrored to stand upright.
///
/// A stored pixel (x, y), counted from the centre, is shown at (a x + c y, b x + d y), y downwards, where
/// each number is −1, 0 or 1: the display matrix of ISO/IEC 14496-12, section 8.2.2, which libavutil also
/// makes of a photo's EXIF orientation.
package struct Orientation: Equatable, Sendable {
    var a: Int
    var b: Int
    var c: Int
    var d: Int

    /// Nothing has to be done.
    package static let upright = Orientation(a: 1, b: 0, c: 0, d: 1)

    /// A quarter turn clockwise is needed.
    package static let clockwise = Orientation(a: 0, b: 1, c: -1, d: 0)
    /// Half a turn is needed.
    package static let upsideDown = Orientation(a: -1, b: 0, c: 0, d: -1)
    /// A quarter turn counterclockwise is needed.
    package static let counterclockwise = Orientation(a: 0, b: -1, c: 1, d: 0)
    /// Left and right have to change places.
    package static let mirrored = Orientation(a: -1, b: 0, c: 0, d: 1)

    /// Whether width and height change places.
    package var swapsAxes: Bool { a == 0 }

    init(a: Int, b: Int, c: Int, d: Int) {
        self.a = a
        self.b = b
        self.c = c
        self.d = d
    }

    /// - Parameter matrix: nine 32-bit numbers, row by row.
    /// - Returns: the nearest turn by quarters, `nil` if it is none.
    init?(displayMatrix matrix: UnsafeRawPointer) {
        let numbers = (0..<9).map { matrix.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self) }
        func sign(_ index: Int, _ other: Int) -> Int {
            // A matrix may scale; what counts is which of the two axes weighs more.
            abs(Int(numbers[index])) > abs(Int(numbers[other])) ? Int(numbers[index].signum()) : 0
        }
        self.init(a: sign(0, 1), b: sign(1, 0), c: sign(3, 4), d: sign(4, 3))
        guard abs(a * d - b * c) == 1 else { return nil }
    }

    /// Where in the stored frame the pixel lies that is shown at a place.
    ///
    /// - Parameters:
    ///   - column: of the upright frame.
    ///   - row: of the upright frame.
    ///   - width: of the upright frame.
    ///   - height: of the upright frame.
    func stored(column: Int, row: Int, width: Int, height: Int) -> (column: Int, row: Int) {
        // Twice the distance from the centre is a whole number.
        let x = 2 * column - (width - 1)
        let y = 2 * row - (height - 1)
        let storedWidth = swapsAxes ? height : width
        let storedHeight = swapsAxes ? width : height
        // The inverse of a turn is its transpose.
        return ((a * x + b * y + storedWidth - 1) / 2, (c * x + d * y + storedHeight - 1) / 2)
    }

    /// Where a point of the stored frame is shown. Both are in parts of the width and height.
    func shown(x: Double, y: Double) -> (x: Double, y: Double) {
        let fromCentre = (x: x - 0.5, y: y - 0.5)
        return (
            Double(a) * fromCentre.x + Double(c) * fromCentre.y + 0.5,
            Double(b) * fromCentre.x + Double(d) * fromCentre.y + 0.5
        )
    }

    /// Which part of the stored frame is shown in a part of the upright one.
    func stored(_ shown: Rectangle) -> Rectangle {
        let fromCentre = (x: shown.x + shown.width / 2 - 0.5, y: shown.y + shown.height / 2 - 0.5)
        let width = swapsAxes ? shown.height : shown.width
        let height = swapsAxes ? shown.width : shown.height
        return Rectangle(
            x: Double(a) * fromCentre.x + Double(b) * fromCentre.y + 0.5 - width / 2,
            y: Double(c) * fromCentre.x + Double(d) * fromCentre.y + 0.5 - height / 2,
            width: width, height: height)
    }
}
