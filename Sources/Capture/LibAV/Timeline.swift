/// Makes time stamps increase where those of a file jump back, as in two recordings in one transport stream, and where
/// their counter wraps: the 33 bits of a transport stream last 26.5 hours.
///
/// A value without a clock; all times are in seconds.
struct Timeline: Equatable, Sendable {
    /// Time of a frame on the timeline.
    struct Place: Equatable, Sendable {
        var time: Double
        /// Change of the offset of this time and all later ones; nearly always 0.
        var step = 0.0
    }

    /// Period after which the counter of the time stamps wraps to 0; `nil` if it does not.
    private let wrap: Double?
    /// Whether to correct jumps back. For live streams, arrival times are used instead.
    private let mendsJumps: Bool
    /// Offset that is added to time stamps, now and before the last jump.
    private var offset = 0.0
    private var earlierOffset = 0.0
    /// Time of the last frame.
    private var last: Double?
    /// Seconds between the last two frames.
    private var interval: Double
    /// Time before the last jump forward.
    private var beforeGap: Double?

    /// Time stamps that go back by less are out of order, as in files whose frames were stored in another order.
    private static let reordering = 0.25
    /// A longer interval is a jump, or a gap in the recording.
    private static let longestInterval = 10.0
    /// Longest gap between frames at a wrap.
    private static let longestGapAtWrap = 600.0

    /// - Parameters:
    ///   - wrap: period after which time stamps wrap to 0; `nil` for never.
    ///   - mendsJumps: whether to correct jumps back, in addition to wraps.
    ///   - interval: usual time between frames.
    init(wrap: Double?, mendsJumps: Bool, interval: Double) {
        self.wrap = wrap
        self.mendsJumps = mendsJumps
        self.interval = interval
    }

    /// Resets the timeline after a seek.
    mutating func seek() {
        last = nil
        beforeGap = nil
    }

    /// Returns the time of a frame.
    ///
    /// - Parameter stamp: time stamp in the file.
    mutating func place(_ stamp: Double) -> Place {
        let time = stamp + offset
        guard let last else { return advance(to: time) }
        if time >= last { return goOn(stamp, from: last) }
        if let wrap, case let unwrapped = time + wrap, isSoon(unwrapped, after: last, limit: Self.longestGapAtWrap) {
            offset += wrap
            earlierOffset += wrap
            return advance(to: unwrapped)
        }
        guard mendsJumps, !returns(to: time) else { return advance(to: time) }
        if last - time <= Self.reordering { return Place(time: last) }
        return jump(by: last + interval - time, from: time)
    }

    /// Handles a time stamp that does not go back. After a single wrong one, restores the earlier offset.
    private mutating func goOn(_ stamp: Double, from last: Double) -> Place {
        let time = stamp + offset
        let earlier = stamp + earlierOffset
        if earlierOffset != offset, time - last > 1, isSoon(earlier, after: last, limit: 1) {
            let step = earlierOffset - offset
            offset = earlierOffset
            var place = advance(to: max(last, earlier))
            place.step = step
            return place
        }
        if time - last > Self.longestInterval { beforeGap = last }
        return advance(to: time)
    }

    private mutating func jump(by step: Double, from time: Double) -> Place {
        earlierOffset = offset
        offset += step
        beforeGap = nil
        let usual = interval
        var place = advance(to: time + step)
        interval = usual
        place.step = step
        return place
    }

    private mutating func advance(to time: Double) -> Place {
        if let last, time > last { interval = min(time - last, Self.longestInterval) }
        last = time
        return Place(time: time)
    }

    /// Whether a jump back returns to the time before the last jump forward, which then was an error.
    private func returns(to time: Double) -> Bool {
        guard let beforeGap else { return false }
        return isSoon(time, after: beforeGap, limit: Self.longestInterval)
    }

    private func isSoon(_ time: Double, after last: Double, limit: Double) -> Bool {
        time >= last - Self.reordering && time <= last + limit
    }
}
