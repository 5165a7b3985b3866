/// What a motion gate says of a frame.
package struct MotionVerdict: Equatable, Sendable {
    /// Why a frame is classified, or why it is not.
    package enum Reason: String, CaseIterable, Sendable {
        /// It is classified: something moved.
        case motion
        /// It is classified: something moved a short while ago.
        case hold
        /// It is classified: nothing was for a while.
        case heartbeat
        /// It is classified: it is the first, or the first of another size. More follow, as after motion.
        case first
        /// It is classified: nearly everything in it is new. The scene begins anew.
        case scene
        /// It is classified: the light has just changed, or has been changing for a while.
        case lightChange
        /// It is classified: the light does not change any more.
        case settled
        /// It is classified: the gate is off.
        case off
        /// It is not classified: nothing moved.
        case still
        /// It is not classified: the light is changing, or did so a moment ago, and shows the same things.
        case light

        /// Whether the frame is worth classifying.
        package var classifies: Bool { self != .still && self != .light }
    }

    /// Why it is classified, or why not.
    package var reason: Reason
    /// The part of what is not masked that differs from the background, 0...1.
    package var changed: Double
    /// The part of the whole frame that the largest connected area of it covers, 0...1. It is 0 where it
    /// did not have to be known.
    package var largestArea: Double

    /// Whether the frame is to be classified.
    package var classifies: Bool { reason.classifies }

    package init(_ reason: Reason, changed: Double = 0, largestArea: Double = 0) {
        self.reason = reason
        self.changed = changed
        self.largestArea = largestArea
    }
}

/// How many frames a motion gate has seen, and what became of them.
package struct MotionStatistics: Equatable, Sendable {
    private var counts = [Int](repeating: 0, count: MotionVerdict.Reason.allCases.count)
    /// All frames.
    package private(set) var seen = 0
    /// Those that were classified.
    package private(set) var passed = 0

    package init() {}

    /// The frames with one reason.
    package subscript(_ reason: MotionVerdict.Reason) -> Int { counts[Self.index(reason)] }

    /// The part of the frames that was not classified, 0...1: the share of the work that was saved.
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
