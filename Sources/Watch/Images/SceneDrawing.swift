import Basics
import Capture
import Events

/// Draws objects with their labels, numbers and ways, and zones, lines and counts on a frame.
package struct SceneDrawing {
    private let canvas: Canvas
    private let shapes: ShapeDrawing
    private let width: Double
    private let height: Double
    /// Size of a pixel of the font, in pixels.
    private let scale: Int

    /// Colours of objects, in turn: an object keeps its colour.
    private static let colours = [
        Canvas.Colour(80, 220, 100), Canvas.Colour(255, 170, 50), Canvas.Colour(90, 170, 255),
        Canvas.Colour(255, 100, 180), Canvas.Colour(240, 230, 70), Canvas.Colour(180, 130, 255),
        Canvas.Colour(70, 230, 220), Canvas.Colour(255, 110, 90),
    ]

    /// - Parameter image: is drawn on.
    package init(_ image: PixelBuffer) {
        canvas = Canvas(image)
        shapes = ShapeDrawing(image)
        width = Double(image.width)
        height = Double(image.height)
        scale = max(2, image.height / 360)
    }

    /// Draws everything that is known at a sample.
    package func draw(_ scene: Scene) {
        shapes.draw(masks: scene.masks)
        shapes.draw(zones: scene.zones, areFilled: false)
        shapes.draw(lines: scene.lines, thickness: scale)
        for object in scene.objects { drawPath(of: object) }
        for object in scene.objects { draw(object) }
        drawTexts(of: scene)
    }

    /// Draws the box of an object, with its label and its score. The box is thinner while the detector misses the object.
    func draw(_ object: Scene.Object) {
        let colour = Self.colours[object.number % Self.colours.count]
        let corner = Point(x: object.box.x * width, y: object.box.y * height)
        let opposite = Point(x: object.box.right * width, y: object.box.bottom * height)
        canvas.rectangle(
            from: corner, to: opposite, thickness: object.isDetected ? scale : 1, colour)
        let text = "\(object.label) \(object.number) \(Self.percent(object.score))"
        let size = Canvas.size(of: text, scale: scale)
        // Above the box; inside of it at the upper edge of the frame.
        let y = corner.y >= Double(size.height) ? corner.y - Double(size.height) : corner.y
        canvas.text(text, at: Point(x: corner.x, y: y), scale: scale, colour)
    }

    private func drawPath(of object: Scene.Object) {
        let points = object.path.map { Point(x: $0.x * width, y: $0.y * height) }
        canvas.path(points, thickness: scale - 1, Self.colours[object.number % Self.colours.count])
    }

    /// Writes the counts and labels at the upper left corner, and the time at the lower one.
    private func drawTexts(of scene: Scene) {
        let step = Double(Canvas.size(of: "0", scale: scale).height)
        for (row, text) in (scene.counts + scene.labels).enumerated() {
            canvas.text(text, at: Point(x: 0, y: Double(row) * step), scale: scale, .white)
        }
        canvas.text(scene.time.wallClock.description, at: Point(x: 0, y: height - step), scale: scale, .white)
    }

    private static func percent(_ score: Double) -> String { "\(Int((score * 100).rounded()))%" }
}
