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
        // The edge of the line fades over one pixel.
        let reach = thickness / 2 + 0.5
        let columns = range(min(start.x, end.x) - reach, max(start.x, end.x) + reach, within: image.width)
        let stroke = Stroke(start, end)
        for row in range(min(start.y, end.y) - reach, max(start.y, end.y) + reach, within: image.height) {
            let y = Double(row) + 0.5
            let pixels = image.base + row * image.bytesPerRow
            // Only the pixels near the line: a long diagonal would otherwise cost its whole rectangle.
            for column in columns.clamped(to: stroke.columns(at: y, reach: reach)) {
                let coverage = reach - stroke.distance(Double(column) + 0.5, y)
                guard coverage > 0 else { continue }
                Self.blend(pixels + 3 * column, colour, opacity: Int32(opacity * min(1, coverage) * 256))
            }
        }
    }

    /// Draws the outline of a polygon.
    package func outline(_ corners: [Point], thickness: Double, _ colour: Colour) {
        for (start, end) in zip(corners, corners.dropFirst() + corners.prefix(1)) {
            line(from: start, to: end, thickness: thickness, colour)
        }
    }

    /// Draws a line through points, without fading edges: ways are long, and there are many.
    ///
    /// - Parameter thickness: in pixels, across the longer extent of each part.
    package func path(_ points: [Point], thickness: Int, _ colour: Colour) {
        for (start, end) in zip(points, points.dropFirst()) { stroke(from: start, to: end, thickness, colour) }
    }

    /// Steps along the longer extent of a line by pixels (a digital differential analyser).
    private func stroke(from start: Point, to end: Point, _ thickness: Int, _ colour: Colour) {
        let (x, y) = (end.x - start.x, end.y - start.y)
        let isFlat = abs(x) >= abs(y)
        let steps = min(100_000, max(1, Int(clamping: max(abs(x), abs(y)))))
        let (stepX, stepY) = (x / Double(steps), y / Double(steps))
        for step in 0..<steps {
            let column = Int(clamping: start.x + stepX * Double(step))
            let row = Int(clamping: start.y + stepY * Double(step))
            for offset in 0..<thickness {
                let (column, row) = isFlat ? (column, row + offset) : (column + offset, row)
                guard column >= 0, column < image.width, row >= 0, row < image.height else { continue }
                Self.blend(image.base + row * image.bytesPerRow + 3 * column, colour, opacity: 256)
            }
        }
    }

    /// Draws the outline of a rectangle, inside of it.
    ///
    /// - Parameter thickness: in pixels.
    package func rectangle(from corner: Point, to opposite: Point, thickness: Int, _ colour: Colour) {
        let columns = range(corner.x, opposite.x, within: image.width)
        let rows = range(corner.y, opposite.y, within: image.height)
        // An edge outside of the image is not drawn at the image's edge.
        let (left, top) = (Int(clamping: corner.x), Int(clamping: corner.y))
        let (right, bottom) = (Int(clamping: opposite.x), Int(clamping: opposite.y))
        for row in rows {
            if row < top + thickness || row >= bottom - thickness {
                fill(row: row, columns, colour, opacity: 256)
            } else {
                fill(row: row, columns.clamped(to: max(0, left)..<max(0, left + thickness)), colour, opacity: 256)
                fill(
                    row: row, columns.clamped(to: max(0, right - thickness)..<max(0, right)), colour, opacity: 256)
            }
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
                let columns = range(crossings[pair], crossings[pair + 1], within: image.width)
                fill(row: row, columns, colour, opacity: Self.opacity(opacity))
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
            fill(row: row, left..<min(left + size.width, image.width), .black, opacity: Self.opacity(0.6))
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
                let columns = (left + column * scale..<left + (column + 1) * scale).clamped(to: 0..<image.width)
                for y in 0..<scale where (0..<image.height).contains(top + row * scale + y) {
                    fill(row: top + row * scale + y, columns, colour, opacity: 256)
                }
            }
        }
    }

    /// Opacity in 256ths.
    private static func opacity(_ value: Double) -> Int32 { Int32((min(max(0, value), 1) * 256).rounded()) }

    /// Blends pixels of a row with a colour. This is the loop that all drawing ends in.
    ///
    /// - Parameters:
    ///   - columns: lie in the image, as does the row.
    ///   - opacity: in 256ths.
    private func fill(row: Int, _ columns: Range<Int>, _ colour: Colour, opacity: Int32) {
        let pixels = image.base + row * image.bytesPerRow
        for column in columns { Self.blend(pixels + 3 * column, colour, opacity: opacity) }
    }

    /// - Parameter opacity: in 256ths.
    @inline(__always) private static func blend(
        _ pixel: UnsafeMutablePointer<UInt8>, _ colour: Colour, opacity: Int32
    ) {
        if opacity == 256 {
            (pixel[0], pixel[1], pixel[2]) = (colour.red, colour.green, colour.blue)
            return
        }
        let rest = 256 &- opacity
        pixel[0] = UInt8(truncatingIfNeeded: (Int32(pixel[0]) &* rest &+ Int32(colour.red) &* opacity &+ 128) >> 8)
        pixel[1] = UInt8(truncatingIfNeeded: (Int32(pixel[1]) &* rest &+ Int32(colour.green) &* opacity &+ 128) >> 8)
        pixel[2] = UInt8(truncatingIfNeeded: (Int32(pixel[2]) &* rest &+ Int32(colour.blue) &* opacity &+ 128) >> 8)
    }

    /// Returns the pixels between two coordinates, as far as there are any.
    private func range(_ start: Double, _ end: Double, within count: Int) -> Range<Int> {
        guard start.isFinite, end.isFinite else { return 0..<0 }
        let first = Int(min(max(0, start.rounded()), Double(count)))
        return first..<max(first, Int(min(max(0, end.rounded()), Double(count))))
    }
}

/// Straight line whose distance from a pixel is asked for.
private struct Stroke {
    private let startX: Double
    private let startY: Double
    /// Direction of the line, of length 1; 0 for a point.
    private let directionX: Double
    private let directionY: Double
    private let length: Double

    init(_ start: Point, _ end: Point) {
        (startX, startY) = (start.x, start.y)
        let (x, y) = (end.x - start.x, end.y - start.y)
        length = (x * x + y * y).squareRoot()
        (directionX, directionY) = length > 0 ? (x / length, y / length) : (0, 0)
    }

    /// Returns the columns of a row in which pixels may be within some distance.
    func columns(at y: Double, reach: Double) -> Range<Int> {
        guard abs(directionY) > 0.001 else { return Int.min..<Int.max }
        let middle = startX + (y - startY) * directionX / directionY
        let extent = reach / abs(directionY)
        let first = Int(clamping: middle - extent - 0.5)
        return first..<max(first, Int(clamping: middle + extent + 0.5))
    }

    /// Returns the distance of a point in pixels.
    @inline(__always) func distance(_ x: Double, _ y: Double) -> Double {
        let (dx, dy) = (x - startX, y - startY)
        let along = dx * directionX + dy * directionY
        let across = abs(dx * directionY - dy * directionX)
        let beyond = max(-along, along - length)
        return beyond <= 0 ? across : (across * across + beyond * beyond).squareRoot()
    }
}

extension Int {
    /// Rounds a coordinate. One that is far outside of any image is moved nearer.
    fileprivate init(clamping value: Double) {
        self = value.isNaN ? 0 : Int((Swift.min(Swift.max(-1e6, value), 1e6) + 0.5).rounded(.down))
    }
}
