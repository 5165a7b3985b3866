/// Makes time stamps go on where those of a file jump back, as in two recordings in one transport stream, and where a
/// counter wraps: 33 bits of a transport stream are over after 26.5 hours.
///
/// A value without a clock; all times are in seconds.
struct Timeline: Equatable, Sendable {
    /// A time stamp's place.
    struct Place: Equatable, Sendable {
        var time: Double
        /// By how much later this time and those after it are now given than they would have been. 0 nearly always.
        var step = 0.0
    }

    /// After how long the counter of the time stamps begins again at 0, if it does.
    private let wrap: Double?
    /// Whether jumps back are mended. Those of a live stream are not: when its frames come says more.
    private let mendsJumps: Bool
    /// What is added to time stamps now, and what was before the last jump.
    private var offset = 0.0
    private var earlierOffset = 0.0
    /// The last time that was given, and how long before it the one before was.
    private var last: Double?
    private var interval: Double
    /// Where time was before it last jumped ahead.
    private var beforeGap: Double?

    /// Time stamps that go back by less are out of order, as in files whose frames were stored in another order.
    private static let reordering = 0.25
    /// Time that goes on by more than this has jumped, or there is a gap in the recording.
    private static let longestInterval = 10.0
    /// How far behind a wrap the next frame may be.
    private static let longestGapAtWrap = 600.0

    /// - Parameters:
    ///   - wrap: after how long time stamps begin again at 0; `nil` for never.
    ///   - mendsJumps: whether jumps back are mended, and not only wraps.
    ///   - interval: the usual time from a frame to the next.
    init(wrap: Double?, mendsJumps: Bool, interval: Double) {
        self.wrap = wrap
        self.mendsJumps = mendsJumps
        self.interval = interval
    }

    /// Begins anew at another place of the file.
    mutating func seek() {
        last = nil
        beforeGap = nil
    }

    /// The time of a frame.
    ///
    /// - Parameter stamp: as it stands in the file.
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

    /// Time goes on. When a single time stamp was wrong, it goes on as before.
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

    /// Whether a time that goes back is where time was before it jumped ahead: then that was a mistake.
    private func returns(to time: Double) -> Bool {
        guard let beforeGap else { return false }
        return isSoon(time, after: beforeGap, limit: Self.longestInterval)
    }

    private func isSoon(_ time: Double, after last: Double, limit: Double) -> Bool {
        time >= last - Self.reordering && time <= last + limit
    }
}
