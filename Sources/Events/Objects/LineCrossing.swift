import Basics

/// Crossings of a line by one object. A value without a clock.
///
/// The object has a side when its anchor is clear of the line, which is farther away than a margin. It crosses when it is
/// clear of the other side, and its way between both meets the line. A second sample confirms the crossing, so that one
/// wrong box counts nothing. An object that appears within the margin has no side yet. One that vanishes behind the line
/// has crossed it.
struct LineCrossing: Sendable {
    /// Crossing of a line.
    struct Crossing: Equatable, Sendable {
        /// Whether it leads to the right-hand side, as seen when going from A to B.
        var isToRight: Bool
        /// First sample behind the line.
        var time: SampleTime
    }

    /// Last place at which the object was clear of the line.
    private var clear: Point?
    /// Crossing that the next sample confirms or refutes.
    private var pending: (crossing: Crossing, place: Point)?

    /// Whether the next sample decides about a crossing.
    var wantsSample: Bool { pending != nil }

    /// Least margin, as a fraction of the frame.
    private static let leastMargin = 0.005
    /// Margin as a fraction of the object's shorter side: boxes of larger objects vary more.
    private static let relativeMargin = 0.1
    /// Greatest margin. A line near an edge of the frame has little room behind it.
    private static let greatestMargin = 0.02

    static func margin(_ box: BoundingBox) -> Double {
        min(max(relativeMargin * min(box.width, box.height), leastMargin), greatestMargin)
    }

    /// Adds a sample with the object.
    mutating func observe(_ box: BoundingBox, at time: SampleTime, line: CountingLine) -> Crossing? {
        let place = line.anchor.point(of: box)
        let segment = line.segment
        let distance = segment.distance(of: place)
        if let pending {
            // Still behind the line, clear or not: confirmed.
            let isBehind = (distance > 0) == pending.crossing.isToRight
            self.pending = nil
            guard isBehind else { return nil }
            clear = abs(distance) > Self.margin(box) ? place : pending.place
            return pending.crossing
        }
        guard abs(distance) > Self.margin(box) else { return nil }
        defer { if pending == nil { clear = place } }
        guard let clear, segment.distance(of: clear) * distance < 0, segment.meets(Segment(clear, place)) else {
            return nil
        }
        pending = (Crossing(isToRight: distance > 0, time: time), place)
        return nil
    }

    /// Ends with the object, whose last place may be behind the line.
    mutating func finish(_ box: BoundingBox, at time: SampleTime, line: CountingLine) -> Crossing? {
        if let pending { return pending.crossing }
        let place = line.anchor.point(of: box)
        let distance = line.segment.distance(of: place)
        guard let clear, abs(distance) > Self.leastMargin / 2, line.segment.distance(of: clear) * distance < 0,
            line.segment.meets(Segment(clear, place))
        else { return nil }
        return Crossing(isToRight: distance > 0, time: time)
    }
}
