import CFFmpeg

/// Width and height, in pixels.
package struct PixelSize: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Width, in pixels.
    package var width: Int
    /// Height, in pixels.
    package var height: Int

    package init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// - Parameter text: `WIDTHxHEIGHT`, as `640x480`; each from 1 to 65535.
    /// - Returns: `nil` for other text.
    package init?(_ text: String) {
        let numbers = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let width = numbers[0], let height = numbers[1],
            (1...65_535).contains(width), (1...65_535).contains(height)
        else { return nil }
        self.init(width: width, height: height)
    }

    /// Whether it is at least as wide and as high as another size.
    package func covers(_ other: PixelSize) -> Bool { width >= other.width && height >= other.height }

    package var description: String { "\(width)x\(height)" }
}

/// Rectangle in normalized coordinates (0...1), with the origin at the top left.
struct Rectangle: Equatable {
    var x: Double
    var y: Double
    var width: Double
    var height: Double

    /// Returns the centred rectangle with these fractions of its width and height.
    func middle(width widthFraction: Double, height heightFraction: Double) -> Rectangle {
        Rectangle(
            x: x + width * (1 - widthFraction) / 2, y: y + height * (1 - heightFraction) / 2,
            width: width * widthFraction, height: height * heightFraction)
    }
}

/// Resize mode: how a frame is fitted to the aspect ratio of a model's input.
package enum Fit: String, CaseIterable, Sendable {
    /// Scales the whole frame without keeping its aspect ratio.
    case squash
    /// Keeps the aspect ratio, and crops the frame to its centre.
    case crop
    /// Keeps the aspect ratio, and pads the whole frame with bars (letterbox).
    case pad

    /// Centred source and target rectangles.
    struct Geometry: Equatable {
        /// Fraction of the frame's width and height that is used; up to 1.
        var sourceWidth: Double
        var sourceHeight: Double
        /// Pixels of the target that are filled.
        var targetWidth: Int
        var targetHeight: Int
    }

    /// Computes the rectangles.
    ///
    /// - Parameters:
    ///   - width: width of the upright frame, in any unit.
    ///   - height: height of the upright frame, in the same unit.
    ///   - targetWidth: width of the target, in pixels.
    ///   - targetHeight: height of the target, in pixels.
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

/// Rotation by a multiple of 90° and reflection that show a stored frame upright.
///
/// A stored pixel (x, y), relative to the centre, is shown at (a x + c y, b x + d y), with y downwards and coefficients
/// −1, 0 or 1: the display matrix of ISO/IEC 14496-12, section 8.2.2. libavutil converts an image's EXIF orientation to
/// the same matrix.
package struct Orientation: Equatable, Sendable, Codable {
    var a: Int
    var b: Int
    var c: Int
    var d: Int

    /// No rotation.
    package static let upright = Orientation(a: 1, b: 0, c: 0, d: 1)

    /// Rotation by 90° clockwise.
    package static let clockwise = Orientation(a: 0, b: 1, c: -1, d: 0)
    /// Rotation by 180°.
    package static let upsideDown = Orientation(a: -1, b: 0, c: 0, d: -1)
    /// Rotation by 90° counterclockwise.
    package static let counterclockwise = Orientation(a: 0, b: -1, c: 1, d: 0)
    /// Reflection that swaps left and right.
    package static let mirrored = Orientation(a: -1, b: 0, c: 0, d: 1)

    /// Whether it swaps width and height.
    package var swapsAxes: Bool { a == 0 }

    init(a: Int, b: Int, c: Int, d: Int) {
        self.a = a
        self.b = b
        self.c = c
        self.d = d
    }

    /// Rounds a display matrix to a multiple of 90°.
    ///
    /// - Parameter matrix: nine 32-bit integers, row by row.
    /// - Returns: `nil` if the matrix is singular.
    init?(displayMatrix matrix: UnsafeRawPointer) {
        let values = (0..<9).map { matrix.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self) }
        func sign(_ index: Int, _ other: Int) -> Int {
            // A matrix may scale: only the larger component of each row counts.
            abs(Int(values[index])) > abs(Int(values[other])) ? Int(values[index].signum()) : 0
        }
        self.init(a: sign(0, 1), b: sign(1, 0), c: sign(3, 4), d: sign(4, 3))
        guard abs(a * d - b * c) == 1 else { return nil }
    }

    /// Maps a pixel of the upright frame to the stored frame.
    ///
    /// - Parameters:
    ///   - column: column in the upright frame.
    ///   - row: row in the upright frame.
    ///   - width: width of the upright frame, in pixels.
    ///   - height: height of the upright frame, in pixels.
    func stored(column: Int, row: Int, width: Int, height: Int) -> (column: Int, row: Int) {
        // Twice the distance from the centre is an integer.
        let x = 2 * column - (width - 1)
        let y = 2 * row - (height - 1)
        let storedWidth = swapsAxes ? height : width
        let storedHeight = swapsAxes ? width : height
        // The inverse of an orthogonal matrix is its transpose.
        return ((a * x + b * y + storedWidth - 1) / 2, (c * x + d * y + storedHeight - 1) / 2)
    }

    /// Maps a point of the stored frame to the upright frame, both in normalized coordinates.
    func shown(x: Double, y: Double) -> (x: Double, y: Double) {
        let fromCentre = (x: x - 0.5, y: y - 0.5)
        return (
            Double(a) * fromCentre.x + Double(c) * fromCentre.y + 0.5,
            Double(b) * fromCentre.x + Double(d) * fromCentre.y + 0.5
        )
    }

    /// Maps a rectangle of the stored frame to the upright frame, both in normalized coordinates.
    func shown(_ stored: Rectangle) -> Rectangle {
        let centre = shown(x: stored.x + stored.width / 2, y: stored.y + stored.height / 2)
        let width = swapsAxes ? stored.height : stored.width
        let height = swapsAxes ? stored.width : stored.height
        return Rectangle(x: centre.x - width / 2, y: centre.y - height / 2, width: width, height: height)
    }

    /// Maps a rectangle of the upright frame to the stored frame, both in normalized coordinates.
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
