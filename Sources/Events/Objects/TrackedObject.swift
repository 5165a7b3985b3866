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
    /// Time of the sample that shows the object best since it was reported: see ``ImageQuality``.
    package internal(set) var best: SampleTime
    /// Number of samples with the object.
    package internal(set) var samples: Int
    /// Classes that the second stage sees in it, the highest score first.
    package internal(set) var attributes: [ObjectAttribute] = []
    /// Whether it has stayed at its place for long.
    package internal(set) var isStationary = false
    /// Way of the center of its box.
    package internal(set) var path = ObjectPath()

    /// Last place that fitted the way of the object. The last box of an object that leaves is often a wrong one.
    private(set) var lastFittingBox: BoundingBox
    /// Quality of the best sample.
    private var bestQuality = ImageQuality()

    /// Seconds from the first sample to the last.
    package var duration: Double { lastSeen.monotonic - start.monotonic }

    /// - Parameter start: first time at which the object was not filtered.
    init(_ track: Track, start: SampleTime) {
        number = track.number
        label = track.label
        score = track.score
        peak = track.score
        box = track.box
        lastFittingBox = track.box
        self.start = start
        lastSeen = track.lastSeen
        best = track.lastSeen
        samples = 1
        path.add(track.box.center)
    }

    /// Adds a sample with a detection of the object.
    mutating func update(_ track: Track) {
        label = track.label
        score = track.score
        peak = max(peak, track.score)
        box = track.box
        lastFittingBox = track.placeBefore ?? track.box
        lastSeen = track.lastSeen
        samples += 1
        path.add(track.box.center)
    }

    /// Compares the last sample with the best one so far.
    ///
    /// - Parameters:
    ///   - isInZone: whether the object is in a zone.
    ///   - isFirst: whether the samples before do not count.
    mutating func compareWithBest(isInZone: Bool, isFirst: Bool) {
        let quality = ImageQuality(box, score: score, isInZone: isInZone)
        guard isFirst || quality.isClearlyBetter(than: bestQuality) else { return }
        bestQuality = quality
        best = lastSeen
    }
}

/// How well a sample shows an object, to choose the best one for an image.
struct ImageQuality: Equatable, Sendable {
    /// People who configure zones want to see the object there.
    private var isInZone = false
    /// Score times area. It counts half if the edge of the frame cuts the object off.
    private var value = 0.0

    /// Least gain of a better sample, as a factor. Each one makes a new image.
    private static let leastGain = 1.1

    init() {}

    init(_ box: BoundingBox, score: Double, isInZone: Bool) {
        self.isInZone = isInZone
        let isCutOff =
            min(box.x, box.y) < BoundingBox.edgeMargin || max(box.right, box.bottom) > 1 - BoundingBox.edgeMargin
        value = score * box.clampedToFrame.area * (isCutOff ? 0.5 : 1)
    }

    /// Whether it deserves a new image.
    func isClearlyBetter(than other: ImageQuality) -> Bool {
        isInZone == other.isInZone ? value > Self.leastGain * other.value : isInZone
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
