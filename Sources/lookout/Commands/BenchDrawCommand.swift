import ArgumentParser
import Basics
import Capture
import Events
import Watch

/// `lookout bench draw`: time of following and drawing objects.
struct BenchDrawCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "draw",
        abstract: "Measure the time of following objects and drawing them.",
        discussion: """
            Objects go in circles through a zone and over a line. Prints milliseconds per frame: for their events, and for \
            drawing boxes, labels, ways, zone, line and counts on a frame, without encoding.
            """)

    @Option(parsing: .unconditional, help: "Number of objects.")
    var objects = 20

    @Option(parsing: .unconditional, help: "Number of frames.")
    var frames = 500

    @Option(parsing: .unconditional, help: "Width of the frame in pixels.")
    var width = 1280

    @Option(parsing: .unconditional, help: "Height of the frame in pixels.")
    var height = 720

    func validate() throws {
        guard (1...500).contains(objects), (1...100_000).contains(frames) else {
            throw ValidationError("--objects is a number of 1...500, and --frames one of 1...100000.")
        }
        guard (16...8192).contains(width), (16...8192).contains(height) else {
            throw ValidationError("--width and --height are numbers of 16...8192.")
        }
    }

    func run() throws {
        let image = PixelBuffer(width: width, height: height)
        let drawing = SceneDrawing(image)
        let composer = ObjectEventComposer(source: "bench", model: "bench", labels: ["person"])
        var detector = ObjectEventDetector(settings: Self.settings)
        var (following, painting) = (0.0, 0.0)
        var drawn = 0
        for frame in 0..<frames {
            let time = SampleTime(media: Double(frame) / 5, epoch: Timestamp(milliseconds: 0))
            let start = MonotonicClock.now
            _ = detector.observe(detections(at: time.media), at: time)
            let middle = MonotonicClock.now
            let scene = Scene(detector, composer, source: "bench", labels: ["person"], at: time)
            drawing.draw(scene)
            painting += MonotonicClock.now - middle
            following += middle - start
            drawn += scene.objects.count
        }
        let mean = decimals(Double(drawn) / Double(frames), 1)
        try Output.write("\(width)×\(height), \(frames) frames, \(mean) objects per frame")
        try Output.write("follow: \(decimals(following * 1000 / Double(frames), 3)) ms per frame")
        try Output.write("draw: \(decimals(painting * 1000 / Double(frames), 3)) ms per frame")
    }

    private static var settings: ObjectSettings {
        var settings = ObjectSettings(targets: [LabelTarget(classes: [0], group: nil, thresholds: Thresholds())])
        let corners = [(0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)]
        settings.zones = [Zone(name: "zone", polygon: Polygon(corners.map { Point(x: $0.0, y: $0.1) }))]
        settings.lines = [CountingLine(name: "line", from: Point(x: 0, y: 0.5), to: Point(x: 1, y: 0.5))]
        return settings
    }

    /// Returns boxes of a tenth of the frame's width, each on a way of its own.
    private func detections(at seconds: Double) -> [ObjectDetection] {
        (0..<objects).map { index in
            let angle = 2 * Double.pi * (Double(index) / Double(objects) + seconds / 60)
            let radius = 0.2 + 0.25 * Double(index % 3) / 2
            let box = BoundingBox(
                x: 0.45 + radius * Self.cosine(angle), y: 0.4 + radius * Self.cosine(angle - .pi / 2), width: 0.1,
                height: 0.2)
            return ObjectDetection(label: 0, score: 0.9, box: box)
        }
    }

    /// Triangle wave with the period of a cosine.
    private static func cosine(_ angle: Double) -> Double {
        let turns = angle / (2 * .pi)
        return 4 * abs(turns - turns.rounded()) - 1
    }
}
