import CFFmpeg

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
