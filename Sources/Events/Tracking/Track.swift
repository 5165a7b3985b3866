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
    /// Whether the object has been seen for long enough to be reported. It never becomes false again.
    package internal(set) var isConfirmed: Bool
    /// Whether the last sample has a detection of the object.
    package internal(set) var isDetected: Bool
    /// Time of the first detection.
    package let firstSeen: SampleTime
    /// Time of the last detection.
    package internal(set) var lastSeen: SampleTime
    /// Number of detections.
    package internal(set) var detections = 1
    /// Sum of the scores of the detections of each label.
    package internal(set) var votes: [Int: Double] = [:]
    /// Velocity of the center, in widths of the frame per second.
    package internal(set) var velocity = Point(x: 0, y: 0)
}
