import Basics
import Foundation
import Testing

@testable import Events

/// Truth of real clips, made by eye.
struct ObjectTruth: Decodable {
    struct Line: Decodable {
        var name: String
        var from: [Double]
        var to: [Double]
        var anchor: String
        var plus: String
        var minus: String
    }
    struct Zone: Decodable {
        var name: String
        var points: [[Double]]
        var anchor: String
    }
    struct Crossing: Decodable {
        var line: String
        var t: Double
        var direction: String
    }
    struct Visit: Decodable {
        var zone: String
        var t_in: Double
        var t_out: Double
    }
    struct Object: Decodable {
        var label: String
        /// Time, upper, left, lower and right edge of each sample.
        var track: [[Double]]
        var crossings: [Crossing]
        var zones: [Visit]
    }
    var track_fps: Double
    var lines: [Line]
    var zones: [Zone]
    var objects: [Object]

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../../shared/detect/truth").standardizedFileURL
    static let clips = ["one-by-one-person-detection", "car-detection", "person-bicycle-car-detection"]
    static let isThere = clips.allSatisfy { FileManager.default.fileExists(atPath: file($0).path) }

    private static func file(_ clip: String) -> URL { folder.appendingPathComponent(clip + ".json") }

    init(clip: String) throws {
        self = try JSONDecoder().decode(ObjectTruth.self, from: Data(contentsOf: Self.file(clip)))
    }

    /// Labels of the objects.
    var labels: [String] { Array(Set(objects.map(\.label))).sorted() }

    /// Rules with the zones and lines. `plus` is a crossing to the right-hand side.
    var settings: ObjectSettings {
        var settings = ObjectSettings(
            targets: labels.indices.map { LabelTarget(classes: [$0], group: nil, thresholds: Thresholds()) })
        settings.lines = lines.map {
            var line = CountingLine(
                name: $0.name, from: Point(x: $0.from[0], y: $0.from[1]), to: Point(x: $0.to[0], y: $0.to[1]))
            line.toRight = $0.plus
            line.toLeft = $0.minus
            line.anchor = ObjectAnchor(rawValue: $0.anchor) ?? .bottom
            return line
        }
        settings.zones = zones.map {
            var zone = Events.Zone(name: $0.name, polygon: Polygon($0.points.map { Point(x: $0[0], y: $0[1]) }))
            zone.anchor = ObjectAnchor(rawValue: $0.anchor) ?? .bottom
            return zone
        }
        return settings
    }

    /// Boxes of each sample as detections.
    private var samples: [[ObjectDetection]] {
        let labels = labels
        var samples: [Int: [ObjectDetection]] = [:]
        for object in objects {
            for entry in object.track {
                let box = BoundingBox(left: entry[2], top: entry[1], right: entry[4], bottom: entry[3])
                let detection = ObjectDetection(label: labels.firstIndex(of: object.label) ?? 0, score: 0.9, box: box)
                samples[Int((entry[0] * track_fps).rounded()), default: []].append(detection)
            }
        }
        return (0...(samples.keys.max() ?? 0)).map { samples[$0] ?? [] }
    }

    /// Changes of the objects with the boxes of the truth.
    func changes() -> [ObjectChange] {
        var detector = ObjectEventDetector(settings: settings)
        var changes: [ObjectChange] = []
        for (index, sample) in samples.enumerated() {
            changes += detector.observe(sample, at: ZoneVisitTests.time(Double(index) / track_fps))
        }
        return changes + detector.finish(.sourceEnded)
    }
}

/// Lines and zones with the boxes of real objects.
@Suite(
    .enabled(if: ObjectTruth.isThere, "../shared is not there: no truth of real clips"), .timeLimit(.minutes(10)))
struct ObjectTruthTests {
    @Test(arguments: ObjectTruth.clips)
    func crossingsAreThoseOfTheTruth(_ clip: String) throws {
        let truth = try ObjectTruth(clip: clip)
        let found = truth.changes().compactMap { change -> (name: String, time: Double)? in
            guard case .crossed(_, let line, let direction, let time) = change else { return nil }
            return ("\(line) \(direction)", time.media)
        }.sorted { ($0.name, $0.time) < ($1.name, $1.time) }
        let expected = truth.objects.flatMap(\.crossings).map { (name: "\($0.line) \($0.direction)", time: $0.t) }
            .sorted { ($0.name, $0.time) < ($1.name, $1.time) }
        #expect(found.map(\.name) == expected.map(\.name))
        for (found, expected) in zip(found, expected) {
            #expect(abs(found.time - expected.time) <= 0.5, "\(found.name)")
        }
    }

    /// The tolerance of times is 0.3 s. People who come in at the lower edge of the frame are in a zone there before
    /// their feet are seen, so the times at which they enter are not compared.
    @Test(arguments: ObjectTruth.clips)
    func visitsAreThoseOfTheTruth(_ clip: String) throws {
        let truth = try ObjectTruth(clip: clip)
        let changes = truth.changes()
        let exits = changes.compactMap { change -> (exit: Double, dwell: Double)? in
            guard case .left(_, _, let dwell, let time) = change else { return nil }
            return (time.media, dwell)
        }.sorted { $0.exit < $1.exit }
        let visits = truth.objects.flatMap(\.zones).sorted { $0.t_out < $1.t_out }
        try #require(exits.count == visits.count)
        for (found, visit) in zip(exits, visits) {
            #expect(abs(found.exit - visit.t_out) <= 0.3)
            guard clip != "one-by-one-person-detection" else { continue }
            #expect(abs(found.exit - found.dwell - visit.t_in) <= 0.3)
        }
    }
}
