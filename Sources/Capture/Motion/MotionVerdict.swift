import Basics

/// Verdict of a motion gate about a frame.
package struct MotionVerdict: Equatable, Sendable {
    /// Reason to classify or skip a frame.
    package enum Reason: String, CaseIterable, Sendable {
        /// Classified: motion.
        case motion
        /// Classified: the hold time after motion has not passed.
        case hold
        /// Classified: no frame was for the heartbeat's time.
        case heartbeat
        /// Classified: the first frame, or the first one of another size. The hold time follows, as after motion.
        case first
        /// Classified: most of the frame is new. The background is reset.
        case scene
        /// Classified: the light has just changed, or has been changing for some time.
        case lightChange
        /// Classified: the light has settled.
        case settled
        /// Classified: the gate is off.
        case off
        /// Skipped: no motion.
        case still
        /// Skipped: only the light is changing, or has just changed.
        case light

        /// Whether the frame is to be classified.
        package var classifies: Bool { self != .still && self != .light }
    }

    /// Reason of the decision.
    package var reason: Reason
    /// Fraction of the visible cells that differ from the background, 0...1.
    package var changed: Double
    /// Fraction of the frame that the largest connected area of changed cells covers, 0...1; 0 where it was not needed.
    package var largestArea: Double
    /// Places of motion, largest first: bounding boxes of connected areas of changed cells, whether they are large enough
    /// for ``Reason/motion`` or not. There are at most 16. Single cells are not among them, as they may change by chance.
    /// Empty where they were not needed.
    package var areas: [BoundingBox]

    /// Whether the frame is to be classified.
    package var classifies: Bool { reason.classifies }

    package init(_ reason: Reason, changed: Double = 0, largestArea: Double = 0, areas: [BoundingBox] = []) {
        self.reason = reason
        self.changed = changed
        self.largestArea = largestArea
        self.areas = areas
    }
}

/// Statistics of a motion gate.
package struct MotionStatistics: Equatable, Sendable, Codable {
    private var counts = [Int](repeating: 0, count: MotionVerdict.Reason.allCases.count)
    /// Number of frames judged.
    package private(set) var seen = 0
    /// Number of frames classified.
    package private(set) var passed = 0

    package init() {}

    /// Returns the number of frames with a reason.
    package subscript(_ reason: MotionVerdict.Reason) -> Int { counts[Self.index(reason)] }

    /// Fraction of the frames that were skipped, 0...1.
    package var saved: Double { seen == 0 ? 0 : Double(seen - passed) / Double(seen) }

    mutating func count(_ reason: MotionVerdict.Reason) {
        counts[Self.index(reason)] += 1
        seen += 1
        if reason.classifies { passed += 1 }
    }

    private static func index(_ reason: MotionVerdict.Reason) -> Int {
        MotionVerdict.Reason.allCases.firstIndex(of: reason) ?? 0
    }
}
