import Basics

/// Whether an object is in a zone. A value without a clock.
///
/// Short visits and short absences do not count: the inertia is a time, so that it holds at every frame rate. A frame
/// without motion confirms nothing by itself: a second sample must agree with the first, so that one wrong box neither
/// enters nor leaves.
struct ZoneVisit: Sendable {
    /// Change of the visit, with the time at which it began.
    enum Change: Equatable, Sendable {
        case entered(SampleTime)
        case left(dwell: Double, SampleTime)
        case loitered(dwell: Double)
    }

    /// Whether the object has entered, and has not left.
    private(set) var isInside = false
    private var hasLoitered = false
    /// First sample inside, of a visit or of one that may begin.
    private var entry: SampleTime?
    /// Last sample inside, or the last frame without motion after it.
    private var lastInside: SampleTime?
    /// First sample of a change that may begin, on the other side than ``isInside`` says; with the number of samples.
    private var pending: (since: SampleTime, samples: Int)?

    /// First of the samples in which the object was inside, cut off by the lower edge of the frame.
    private var cutOffSince: SampleTime?

    /// Tolerance of comparisons of times, in seconds.
    private static let tolerance = 0.0015
    /// Seconds after which an object that is cut off by the lower edge stands there, and is not just coming in.
    private static let longestArrival = 2.0

    /// Whether the object would enter or leave because of a single sample.
    var wantsSample: Bool { pending?.samples == 1 }

    /// Adds a sample.
    ///
    /// - Parameters:
    ///   - isCutOff: whether the frame's edge hides where the object stands. One that comes in over the lower edge enters
    ///     when it is seen whole, or has stayed like that for two seconds. One that is in the zone stays there.
    ///   - isHeld: whether it is a frame without motion, which shows what the last sample showed.
    mutating func observe(
        isInside: Bool, isCutOff: Bool = false, at time: SampleTime, zone: Zone, isHeld: Bool = false
    ) -> [Change] {
        guard isInside, isCutOff, !self.isInside else {
            cutOffSince = nil
            return observe(isInside: isInside, at: time, zone, isHeld: isHeld)
        }
        let since = cutOffSince ?? time
        cutOffSince = since
        let hasArrived = time.monotonic - since.monotonic >= Self.longestArrival - Self.tolerance
        if hasArrived { entry = since }
        return observe(isInside: hasArrived, at: time, zone, isHeld: isHeld)
    }

    private mutating func observe(isInside: Bool, at time: SampleTime, _ zone: Zone, isHeld: Bool) -> [Change] {
        if isInside {
            lastInside = time
            entry = entry ?? time
        } else if !self.isInside {
            entry = nil
        }
        guard isInside != self.isInside else {
            pending = nil
            return isInside ? loiter(at: time, zone) : []
        }
        let samples = (pending?.samples ?? 0) + (isHeld ? 0 : 1)
        let since = pending?.since ?? time
        pending = (since, samples)
        guard samples > 1 || zone.inertia == 0, time.monotonic - since.monotonic >= zone.inertia - Self.tolerance
        else { return [] }
        return isInside ? enter(at: time, zone) : leave()
    }

    /// Ends a visit with the object.
    mutating func finish() -> [Change] { isInside ? leave() : [] }

    private mutating func enter(at time: SampleTime, _ zone: Zone) -> [Change] {
        guard let entry else { return [] }
        isInside = true
        hasLoitered = false
        pending = nil
        return [.entered(entry)] + loiter(at: time, zone)
    }

    private mutating func loiter(at time: SampleTime, _ zone: Zone) -> [Change] {
        guard let limit = zone.loitering, !hasLoitered, let entry,
            time.monotonic - entry.monotonic >= limit - Self.tolerance
        else { return [] }
        hasLoitered = true
        return [.loitered(dwell: time.monotonic - entry.monotonic)]
    }

    private mutating func leave() -> [Change] {
        defer {
            isInside = false
            entry = nil
            pending = nil
        }
        guard let entry, let lastInside else { return [] }
        return [.left(dwell: lastInside.monotonic - entry.monotonic, lastInside)]
    }
}
