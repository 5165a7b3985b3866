import Basics

/// Whether an object is in a zone. A value without a clock.
///
/// Short visits and short absences do not count: the inertia is a time, so that it holds at every frame rate.
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
    /// Last sample inside.
    private var lastInside: SampleTime?

    /// Tolerance of comparisons of times, in seconds.
    private static let tolerance = 0.0015

    /// Adds a sample.
    mutating func observe(isInside: Bool, at time: SampleTime, zone: Zone) -> [Change] {
        if isInside {
            lastInside = time
            entry = entry ?? time
            return self.isInside ? loiter(at: time, zone) : enterIfHeld(at: time, zone)
        }
        guard self.isInside else {
            entry = nil
            return []
        }
        guard let lastInside, time.monotonic - lastInside.monotonic >= zone.inertia - Self.tolerance else { return [] }
        return leave()
    }

    /// Ends a visit with the object.
    mutating func finish() -> [Change] { isInside ? leave() : [] }

    private mutating func enterIfHeld(at time: SampleTime, _ zone: Zone) -> [Change] {
        guard let entry, time.monotonic - entry.monotonic >= zone.inertia - Self.tolerance else { return [] }
        isInside = true
        hasLoitered = false
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
        }
        guard let entry, let lastInside else { return [] }
        return [.left(dwell: lastInside.monotonic - entry.monotonic, lastInside)]
    }
}
