import Basics

/// Object that a ``Tracker`` follows over the frames.
package struct Track: Equatable, Sendable {
    /// Number of the track: the first one has 0. It stays the same as long as the object is followed.
    package let number: Int
    /// Label with the most votes, as an index among the labels of the detector.
    package internal(set) var label: Int
    /// Score of the last detection of the object, 0...1.
    package internal(set) var score: Double
    /// Place at the time of the last sample, estimated by the motion filter, in normalized coordinates.
    package internal(set) var box: BoundingBox
    /// Place before the last detection, if that one did not fit the prediction: it may have been wrong. `nil` otherwise.
    package internal(set) var placeBefore: BoundingBox?
    /// Whether the object has been seen for long enough to be reported. It never becomes false again.
    package internal(set) var isConfirmed: Bool
    /// Whether the last sample has a detection of the object.
    package internal(set) var isDetected: Bool
    /// Seconds for which the detector has searched the object without finding it; 0 after a detection.
    package internal(set) var missedTime = 0.0
    /// Time of the first detection.
    package let firstSeen: SampleTime
    /// Time of the last detection.
    package internal(set) var lastSeen: SampleTime
    /// Number of detections.
    package internal(set) var detections = 1
    /// Scores of the last detections, the newest last.
    private(set) var scores: [Double]
    /// Sum of the scores of the detections of each label.
    package internal(set) var votes: [Int: Double] = [:]
    /// Velocity of the center, in widths of the frame per second.
    package internal(set) var velocity = Point(x: 0, y: 0)

    /// Number of scores that ``typicalScore`` is made of.
    private static let scoreCount = 10
    /// Number of detections below which the missing ones count as scores of 0.
    private static let fewestScores = 3

    /// Creates a track of its first detection.
    init(number: Int, _ detection: ObjectDetection, at time: SampleTime) {
        self.number = number
        label = detection.label
        score = detection.score
        box = detection.box
        isConfirmed = false
        isDetected = true
        firstSeen = time
        lastSeen = time
        scores = [detection.score]
        votes = [detection.label: detection.score]
    }

    /// Adds a detection: its score, time and vote.
    mutating func add(_ detection: ObjectDetection, at time: SampleTime) {
        isDetected = true
        score = detection.score
        lastSeen = time
        detections += 1
        scores.append(detection.score)
        if scores.count > Self.scoreCount { scores.removeFirst() }
        votes[detection.label, default: 0] += detection.score
        label = votes.max { ($0.value, -$0.key) < ($1.value, -$1.key) }?.key ?? detection.label
    }

    /// Median of the scores of the last ten detections. One high score among low ones does not raise it, nor do one or two
    /// detections alone: Frigate decides by the same median whether an object is real.
    package var typicalScore: Double {
        let missing = max(0, Self.fewestScores - scores.count)
        let sorted = (scores + Array(repeating: 0, count: missing)).sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}
