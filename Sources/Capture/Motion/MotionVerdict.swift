/// What a motion gate says of a picture.
public struct MotionVerdict: Equatable, Sendable {
    /// Why a picture is classified, or why it is not.
    public enum Reason: String, CaseIterable, Sendable {
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

        /// Whether the picture is worth classifying.
        public var classifies: Bool { self != .still && self != .light }
    }

    /// Why it is classified, or why not.
    public var reason: Reason
    /// The part of what is not masked that differs from the background, 0...1.
    public var changed: Double
    /// The part of the whole picture that the largest connected area of it covers, 0...1. It is 0 where it
    /// did not have to be known.
    public var largestArea: Double

    /// Whether the picture is to be classified.
    public var classifies: Bool { reason.classifies }

    public init(_ reason: Reason, changed: Double = 0, largestArea: Double = 0) {
        self.reason = reason
        self.changed = changed
        self.largestArea = largestArea
    }
}

/// How many pictures a motion gate has seen, and what became of them.
public struct MotionStatistics: Equatable, Sendable {
    private var counts = [Int](repeating: 0, count: MotionVerdict.Reason.allCases.count)
    /// All pictures.
    public private(set) var seen = 0
    /// Those that were classified.
    public private(set) var passed = 0

    public init() {}

    /// The pictures with one reason.
    public subscript(_ reason: MotionVerdict.Reason) -> Int { counts[Self.index(reason)] }

    /// The part of the pictures that was not classified, 0...1: the share of the work that was saved.
    public var saved: Double { seen == 0 ? 0 : Double(seen - passed) / Double(seen) }

    mutating func count(_ reason: MotionVerdict.Reason) {
        counts[Self.index(reason)] += 1
        seen += 1
        if reason.classifies { passed += 1 }
    }

    private static func index(_ reason: MotionVerdict.Reason) -> Int {
        MotionVerdict.Reason.allCases.firstIndex(of: reason) ?? 0
    }
}
