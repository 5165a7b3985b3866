import Basics
import Events

/// What is known of a source at a sample, for images and videos that show it.
package struct Scene: Sendable {
    /// Reported object.
    package struct Object: Sendable {
        package var id: EventID
        /// Number of the object in its source: the first one has 0.
        package var number: Int
        package var label: String
        /// Score of the last detection, 0...1.
        package var score: Double
        /// Place, in normalized coordinates.
        package var box: BoundingBox
        /// Way of the center of the box.
        package var path: [Point]
        /// Whether the detector found it in this sample.
        package var isDetected: Bool
        /// Whether this sample shows it best so far.
        package var isBest: Bool
    }

    package var source: String
    package var time: SampleTime
    package var objects: [Object] = []
    /// Names of the open events of a classifier.
    package var labels: [String] = []
    package var zones: [Zone] = []
    package var lines: [CountingLine] = []
    package var masks: [Polygon] = []
    /// Objects in zones and crossings of lines so far, a line of text for each.
    package var counts: [String] = []

    package init(source: String, time: SampleTime) {
        self.source = source
        self.time = time
    }

    /// Adds what is known of another region of the source.
    mutating func add(_ other: Scene) {
        objects += other.objects
        labels += other.labels
    }
}

extension Scene {
    /// - Parameters:
    ///   - detector: has observed the sample.
    ///   - labels: names of its classes.
    package init(
        _ detector: ObjectEventDetector, _ composer: ObjectEventComposer, source: String, labels: [String],
        at time: SampleTime
    ) {
        self.init(source: source, time: time)
        objects = detector.present.map { object in
            Object(
                id: composer.id(of: object), number: object.number, label: labels[object.label],
                score: object.score, box: object.box, path: object.path.points, isDetected: object.lastSeen == time,
                isBest: object.best == time)
        }
        (zones, lines, masks) = detector.areas
        counts = Self.counts(detector, labels)
    }

    private static func counts(_ detector: ObjectEventDetector, _ labels: [String]) -> [String] {
        let areas = detector.areas
        let zones = areas.zones.map { zone in
            let inside = detector.occupancy.filter { $0.zone == zone.name && $0.count > 0 }
            let text = inside.map { "\($0.count) \(labels[$0.label])" }.joined(separator: ", ")
            return "\(zone.name): \(text.isEmpty ? "0" : text)"
        }
        let lines = areas.lines.map { line in
            let crossings = detector.lineCounts.filter { $0.0.line == line.name }
            func sum(_ direction: String) -> Int {
                crossings.filter { $0.0.direction == direction }.reduce(0) { $0 + $1.1 }
            }
            return "\(line.name): \(line.toRight) \(sum(line.toRight)), \(line.toLeft) \(sum(line.toLeft))"
        }
        return zones + lines
    }
}
