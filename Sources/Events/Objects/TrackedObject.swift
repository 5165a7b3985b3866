import Basics

/// Object of an event: what is known of it so far.
package struct TrackedObject: Equatable, Sendable {
    /// Number of the object in its source: the first one has 0.
    package let number: Int
    /// Class with the most votes, as an index among the labels of the detector.
    package internal(set) var label: Int
    /// Score of the last detection, 0...1.
    package internal(set) var score: Double
    /// Highest score of a detection.
    package internal(set) var peak: Double
    /// Place, in normalized coordinates.
    package internal(set) var box: BoundingBox
    /// Names of the zones that it has entered, in that order.
    package internal(set) var zones: [String] = []
    /// Time of the first sample.
    package let start: SampleTime
    /// Time of the last sample with the object, or of the last frame without motion after it.
    package internal(set) var lastSeen: SampleTime
    /// Time of the sample that shows the object best: the largest product of score and area.
    package internal(set) var best: SampleTime
    /// Number of samples with the object.
    package internal(set) var samples: Int
    /// Classes that the second stage sees in it, the highest score first.
    package internal(set) var attributes: [ObjectAttribute] = []
    /// Whether it has stayed at its place for long.
    package internal(set) var isStationary = false
    /// Way of the center of its box.
    package internal(set) var path = ObjectPath()

    /// Quality of the best sample.
    var bestQuality = 0.0

    /// Seconds from the first sample to the last.
    package var duration: Double { lastSeen.monotonic - start.monotonic }

    /// - Parameter start: first time at which the object was not filtered.
    init(_ track: Track, start: SampleTime) {
        number = track.number
        label = track.label
        score = track.score
        peak = track.score
        box = track.box
        self.start = start
        lastSeen = track.lastSeen
        best = track.lastSeen
        samples = 1
        bestQuality = track.score * track.box.clampedToFrame.area
        path.add(track.box.center)
    }

    /// Adds a sample with a detection of the object.
    mutating func update(_ track: Track) {
        label = track.label
        score = track.score
        peak = max(peak, track.score)
        box = track.box
        lastSeen = track.lastSeen
        samples += 1
        path.add(track.box.center)
        let quality = track.score * track.box.clampedToFrame.area
        guard quality > bestQuality else { return }
        bestQuality = quality
        best = track.lastSeen
    }
}

/// Way of an object as a line of few points, which keeps its shape: Visvalingam and Whyatt, "Line generalisation by
/// repeated elimination of points" (1993).
package struct ObjectPath: Equatable, Sendable {
    /// Points in the order of time.
    package private(set) var points: [Point] = []

    /// Largest number of points.
    package static let mostPoints = 32
    /// Least distance of the last point from the one before, as a fraction of the frame. A closer one is replaced.
    private static let leastDistance = 0.005

    /// Adds a point. The one that matters least is dropped if there are too many; first and last stay.
    mutating func add(_ point: Point) {
        // The last point follows the object until it is far enough from the one before: a slow object makes a way, too.
        if points.count > 1, Segment(points[points.count - 2], points[points.count - 1]).length < Self.leastDistance {
            points[points.count - 1] = point
            return
        }
        points.append(point)
        guard points.count > Self.mostPoints else { return }
        let areas = (1..<points.count - 1).map { abs(Segment(points[$0 - 1], points[$0 + 1]).side(of: points[$0])) }
        let least = areas.indices.min { areas[$0] < areas[$1] } ?? 0
        points.remove(at: least + 1)
    }
}
