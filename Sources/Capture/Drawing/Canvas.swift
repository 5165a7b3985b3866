import Basics

/// Draws lines, areas and text on an image. Coordinates are pixels; what lies outside of the image is left out.
package struct Canvas {
    /// Colour in 8-bit RGB.
    package struct Colour: Equatable, Sendable {
        package var red: UInt8
        package var green: UInt8
        package var blue: UInt8

        package init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
            (self.red, self.green, self.blue) = (red, green, blue)
        }

        package static let black = Colour(0, 0, 0)
        package static let white = Colour(255, 255, 255)
    }

    private let image: PixelBuffer

    package init(_ image: PixelBuffer) { self.image = image }

    /// Draws a straight line.
    ///
    /// - Parameters:
    ///   - thickness: in pixels.
    ///   - opacity: 0...1.
    package func line(from start: Point, to end: Point, thickness: Double, _ colour: Colour, opacity: Double = 1) {
        let reach = thickness / 2 + 1
        let columns = range(min(start.x, end.x) - reach, max(start.x, end.x) + reach, within: image.width)
        let rows = range(min(start.y, end.y) - reach, max(start.y, end.y) + reach, within: image.height)
        for row in rows {
            for column in columns {
                let point = Point(x: Double(column) + 0.5, y: Double(row) + 0.5)
                let distance = Self.distance(from: point, toLine: start, end)
                // The edge of the line fades over one pixel.
                let coverage = min(1, max(0, thickness / 2 + 0.5 - distance))
                if coverage > 0 { blend(colour, opacity * coverage, row: row, column: column) }
            }
        }
    }

    /// Draws the outline of a polygon.
    package func outline(_ corners: [Point], thickness: Double, _ colour: Colour) {
        for (start, end) in zip(corners, corners.dropFirst() + corners.prefix(1)) {
            line(from: start, to: end, thickness: thickness, colour)
        }
    }

    /// Fills a polygon by the even-odd rule.
    ///
    /// - Parameter opacity: 0...1.
    package func fill(_ corners: [Point], _ colour: Colour, opacity: Double) {
        guard corners.count > 2 else { return }
        let edges = Array(zip(corners, corners.dropFirst() + corners.prefix(1)))
        for row in 0..<image.height {
            let y = Double(row) + 0.5
            let crossings = edges.filter { ($0.y > y) != ($1.y > y) }
                .map { $0.x + (y - $0.y) / ($1.y - $0.y) * ($1.x - $0.x) }.sorted()
            for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
                for column in range(crossings[pair], crossings[pair + 1], within: image.width) {
                    blend(colour, opacity, row: row, column: column)
                }
            }
        }
    }

    /// Writes a line of text on a dark ground.
    ///
    /// - Parameters:
    ///   - corner: upper left corner of the ground. It is moved so that the text lies in the image.
    ///   - scale: size of a pixel of the font, in pixels.
    package func text(_ text: String, at corner: Point, scale: Int, _ colour: Colour) {
        let size = Self.size(of: text, scale: scale)
        let left = min(max(0, Int(corner.x.rounded())), max(0, image.width - size.width))
        let top = min(max(0, Int(corner.y.rounded())), max(0, image.height - size.height))
        for row in top..<min(top + size.height, image.height) {
            for column in left..<min(left + size.width, image.width) { blend(.black, 0.6, row: row, column: column) }
        }
        for (place, character) in text.enumerated() {
            let start = left + scale * (1 + place * (BitmapFont.width + 1))
            glyph(BitmapFont.rows(of: character), left: start, top: top + scale, scale: scale, colour)
        }
    }

    /// Returns the size of the ground of a text, in pixels.
    package static func size(of text: String, scale: Int) -> (width: Int, height: Int) {
        (scale * (text.count * (BitmapFont.width + 1) + 1), scale * (BitmapFont.height + 2))
    }

    private func glyph(_ rows: [UInt8], left: Int, top: Int, scale: Int, _ colour: Colour) {
        for (row, bits) in rows.enumerated() {
            for column in 0..<BitmapFont.width where bits >> UInt8(BitmapFont.width - 1 - column) & 1 == 1 {
                for y in 0..<scale {
                    for x in 0..<scale {
                        blend(colour, 1, row: top + row * scale + y, column: left + column * scale + x)
                    }
                }
            }
        }
    }

    private func blend(_ colour: Colour, _ opacity: Double, row: Int, column: Int) {
        guard (0..<image.height).contains(row), (0..<image.width).contains(column) else { return }
        let pixels = image.row(row)
        for (channel, value) in [colour.red, colour.green, colour.blue].enumerated() {
            let index = 3 * column + channel
            pixels[index] = UInt8((Double(pixels[index]) * (1 - opacity) + Double(value) * opacity).rounded())
        }
    }

    /// Returns the pixels between two coordinates, as far as there are any.
    private func range(_ start: Double, _ end: Double, within count: Int) -> Range<Int> {
        guard start.isFinite, end.isFinite else { return 0..<0 }
        let first = Int(min(max(0, start.rounded()), Double(count)))
        return first..<max(first, Int(min(max(0, end.rounded()), Double(count))))
    }

    private static func distance(from point: Point, toLine start: Point, _ end: Point) -> Double {
        let (x, y) = (end.x - start.x, end.y - start.y)
        let length = x * x + y * y
        let along = length > 0 ? min(1, max(0, ((point.x - start.x) * x + (point.y - start.y) * y) / length)) : 0
        let (dx, dy) = (point.x - start.x - along * x, point.y - start.y - along * y)
        return (dx * dx + dy * dy).squareRoot()
    }
}
