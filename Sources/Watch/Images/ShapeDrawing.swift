import Basics
import Capture
import Events

/// Drawing of a grid, zones, lines and masks on a frame, in normalized coordinates.
package struct ShapeDrawing {
    private let canvas: Canvas
    private let width: Double
    private let height: Double
    /// Size of a pixel of the font, in pixels.
    private let scale: Int

    private static let grid = Canvas.Colour.white
    private static let line = Canvas.Colour(255, 60, 60)
    private static let mask = Canvas.Colour(40, 40, 40)
    /// Colours of the zones, in turn.
    private static let zones = [
        Canvas.Colour(60, 180, 255), Canvas.Colour(120, 230, 90), Canvas.Colour(255, 190, 40),
        Canvas.Colour(220, 110, 255),
    ]

    /// - Parameter image: is drawn on.
    package init(_ image: PixelBuffer) {
        canvas = Canvas(image)
        width = Double(image.width)
        height = Double(image.height)
        scale = max(2, image.height / 360)
    }

    /// Draws areas, and a grid over them, for people who place them.
    package func draw(_ objects: ObjectOptions) {
        draw(masks: objects.masks)
        draw(zones: objects.zones, areFilled: true)
        drawGrid()
        draw(lines: objects.lines, thickness: 3 * scale)
    }

    func draw(masks: [Polygon]) {
        for mask in masks { canvas.fill(mask.points.map(pixel), Self.mask, opacity: 0.7) }
    }

    /// - Parameter areFilled: whether the areas are filled, and not only their outlines drawn.
    func draw(zones: [Zone], areFilled: Bool) {
        for (index, zone) in zones.enumerated() {
            draw(zone, Self.zones[index % Self.zones.count], isFilled: areFilled)
        }
    }

    /// - Parameter thickness: in pixels.
    func draw(lines: [CountingLine], thickness: Int) {
        for line in lines { draw(line, thickness: Double(thickness)) }
    }

    private func pixel(_ point: Point) -> Point { Point(x: point.x * width, y: point.y * height) }

    /// Draws a line at each tenth, with its coordinate.
    private func drawGrid() {
        for tenth in 1...9 {
            let place = Double(tenth) / 10
            let text = ".\(tenth)"
            for (start, end) in [
                (Point(x: place, y: 0), Point(x: place, y: 1)), (Point(x: 0, y: place), Point(x: 1, y: place)),
            ] {
                canvas.line(
                    from: pixel(start), to: pixel(end), thickness: tenth == 5 ? 2 : 1, Self.grid, opacity: 0.45)
                canvas.text(text, at: pixel(start), scale: scale, Self.grid)
            }
        }
    }

    private func draw(_ zone: Zone, _ colour: Canvas.Colour, isFilled: Bool) {
        let corners = zone.polygon.points.map(pixel)
        if isFilled { canvas.fill(corners, colour, opacity: 0.3) }
        canvas.outline(corners, thickness: Double(isFilled ? 2 * scale : scale), colour)
        let center = corners.reduce(Point(x: 0, y: 0)) { Point(x: $0.x + $1.x, y: $0.y + $1.y) }
        write(
            zone.name, around: Point(x: center.x / Double(corners.count), y: center.y / Double(corners.count)), colour)
    }

    /// Draws a line from A to B, with the names of the two directions on the sides to which they lead.
    private func draw(_ line: CountingLine, thickness: Double) {
        let (start, end) = (pixel(line.from), pixel(line.to))
        canvas.line(from: start, to: end, thickness: thickness, Self.line)
        let (x, y) = (end.x - start.x, end.y - start.y)
        let length = max(1, (x * x + y * y).squareRoot())
        let middle = Point(x: (start.x + end.x) / 2, y: (start.y + end.y) / 2)
        // On an image, y points down: the right-hand side of A to B is (-y, x).
        let right = Point(x: -y / length, y: x / length)
        for (name, sign) in [(line.toRight, 1.0), (line.toLeft, -1.0)] {
            let tip = Point(x: middle.x + sign * right.x * reach, y: middle.y + sign * right.y * reach)
            canvas.line(from: middle, to: tip, thickness: 2 * thickness / 3, Self.line)
            write(
                name, around: Point(x: tip.x + sign * right.x * reach / 2, y: tip.y + sign * right.y * reach / 2),
                Self.line)
        }
        canvas.text("A", at: start, scale: scale, Self.line)
        canvas.text("B", at: end, scale: scale, Self.line)
        let along = Point(x: middle.x - x / length * reach * 1.5, y: middle.y - y / length * reach * 1.5)
        write(line.name, around: along, Self.line)
    }

    /// Length of the arrows of a line, in pixels.
    private var reach: Double { Double(14 * scale) }

    private func write(_ text: String, around center: Point, _ colour: Canvas.Colour) {
        let size = Canvas.size(of: text, scale: scale)
        let corner = Point(x: center.x - Double(size.width) / 2, y: center.y - Double(size.height) / 2)
        canvas.text(text, at: corner, scale: scale, colour)
    }
}
