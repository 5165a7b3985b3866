import Basics

/// Life of one object: from the first sample to its end, with its zones and lines.
///
/// A value without a clock. It begins to report when the object is confirmed and has passed the filters once; what
/// happened at zones and lines before that is reported then.
struct ObjectLife: Sendable {
    private(set) var object: TrackedObject
    /// Whether its start has been reported.
    private(set) var isOpen = false
    /// Whether the detector does not know its label: only the second stage gives it.
    private(set) var isUnknown = false
    private var visits: [String: ZoneVisit] = [:]
    private var crossings: [String: LineCrossing] = [:]
    private var standstill: Standstill
    private var hasScore = false
    /// Changes before the start.
    private var early: [Change] = []
    private var lastUpdate: (time: Double, box: BoundingBox, zones: [String], label: Int)?

    /// Change that waits for the start of the object. The object is added when it is reported.
    private enum Change: Sendable {
        case zone(ZoneVisit.Change, String, SampleTime)
        case crossing(LineCrossing.Crossing, CountingLine)
    }

    /// Overlap (IoU) with the last reported place below which an update has something new to say.
    private static let samePlace = 0.9
    private static let tolerance = 0.0015

    /// - Parameter track: at its first sample that passes mask and size.
    init(_ track: Track, start: SampleTime) {
        object = TrackedObject(track, start: start)
        standstill = Standstill(track.box, at: start)
    }

    /// Names of the zones that it is in.
    var zonesInside: [String] { visits.filter(\.value.isInside).map(\.key) }

    // MARK: - Samples

    /// Adds a sample with a detection of the object.
    ///
    /// - Parameter isPart: whether it is a part of another object. Then it is not reported.
    mutating func observe(
        _ track: IdentifiedTrack, at time: SampleTime, isFirst: Bool, isPart: Bool, _ rules: ObjectRules
    ) -> [ObjectChange] {
        let label = object.label
        if !isFirst { object.update(track.track) }
        // A label that was narrower is not given up: of a bird that comes near, only some animal may be seen.
        if isOpen, rules.settings.classification?.isKind(label, of: object.label) == true { object.label = label }
        object.attributes = track.attributes
        isUnknown = track.isUnknown
        return advance(track, at: time, rules, isPart: isPart)
    }

    /// Adds a frame without motion: what was there is still there. It shows no second box, so it crosses no line.
    mutating func hold(_ track: IdentifiedTrack, at time: SampleTime, _ rules: ObjectRules) -> [ObjectChange] {
        object.lastSeen = time
        return advance(track, at: time, rules, isHeld: true)
    }

    /// Whether something would happen because of a single sample.
    var wantsSample: Bool {
        isOpen
            && (standstill.wantsSample || visits.values.contains(where: \.wantsSample)
                || crossings.values.contains(where: \.wantsSample))
    }

    private mutating func advance(
        _ identified: IdentifiedTrack, at time: SampleTime, _ rules: ObjectRules, isHeld: Bool = false,
        isPart: Bool = false
    ) -> [ObjectChange] {
        let track = identified.track
        let isWanted = rules.reports(track)
        hasScore = hasScore || (isWanted && track.typicalScore >= rules.enterThreshold(of: track.label))
        var changes = observeZones(at: time, rules, isHeld: isHeld)
        if !isHeld { changes += observeLines(at: time, rules) }
        guard isOpen || (track.isConfirmed && hasScore && isWanted && identified.isIdentified && !isPart) else {
            early += changes
            return []
        }
        if !isHeld { object.compareWithBest(isInZone: !zonesInside.isEmpty, isFirst: !isOpen) }
        var reports: [ObjectChange] = []
        if !isOpen {
            isOpen = true
            reports.append(.started(object))
            lastUpdate = (time.monotonic, object.box, object.zones, object.label)
            changes = early + changes
            early = []
        }
        reports += changes.map(report)
        reports += observeStandstill(at: time, rules, isHeld: isHeld)
        return reports + update(at: time, rules)
    }

    private mutating func observeZones(at time: SampleTime, _ rules: ObjectRules, isHeld: Bool) -> [Change] {
        var changes: [Change] = []
        for zone in rules.settings.zones where zone.accepts(object.label) || visits[zone.name] != nil {
            let place = zone.anchor.point(of: object.box)
            let isInside = zone.accepts(object.label) && zone.polygon.contains(x: place.x, y: place.y)
            let found = visits[zone.name, default: ZoneVisit()]
                .observe(
                    isInside: isInside, isCutOff: zone.anchor.isCutOff(object.box), at: time, zone: zone, isHeld: isHeld
                )
            if found.contains(where: { if case .entered = $0 { true } else { false } }),
                !object.zones.contains(zone.name)
            {
                object.zones.append(zone.name)
            }
            changes += found.map { .zone($0, zone.name, time) }
        }
        return changes
    }

    private mutating func observeLines(at time: SampleTime, _ rules: ObjectRules) -> [Change] {
        rules.settings.lines.filter { $0.accepts(object.label) }.compactMap { line in
            crossings[line.name, default: LineCrossing()].observe(object.box, at: time, line: line).map {
                .crossing($0, line)
            }
        }
    }

    private mutating func observeStandstill(
        at time: SampleTime, _ rules: ObjectRules, isHeld: Bool
    ) -> [ObjectChange] {
        let change = standstill.observe(
            object.box, at: time, delay: rules.settings.stationaryAfter, isHeld: isHeld)
        object.isStationary = standstill.isStationary
        switch change {
        case true: return [.stopped(object, at: time)]
        case false: return [.moved(object, at: time)]
        default: return []
        }
    }

    /// Reports the object again after the update period, if there is something new.
    private mutating func update(at time: SampleTime, _ rules: ObjectRules) -> [ObjectChange] {
        guard let period = rules.updatePeriod(of: object.label), let last = lastUpdate,
            time.monotonic - last.time >= period - Self.tolerance,
            object.zones != last.zones || object.label != last.label
                || object.box.intersectionOverUnion(with: last.box) < Self.samePlace
        else { return [] }
        lastUpdate = (time.monotonic, object.box, object.zones, object.label)
        return [.updated(object)]
    }

    private func report(_ change: Change) -> ObjectChange {
        switch change {
        case .zone(.entered(let time), let zone, _): .entered(object, zone: zone, at: time)
        case .zone(.left(let dwell, let time), let zone, _): .left(object, zone: zone, dwell: dwell, at: time)
        case .zone(.loitered(let dwell), let zone, let time): .loitered(object, zone: zone, dwell: dwell, at: time)
        case .crossing(let crossing, let line):
            .crossed(
                object, line: line.name, direction: crossing.isToRight ? line.toRight : line.toLeft, at: crossing.time)
        }
    }

    /// Goes on as another track. The way from one to the other crosses no line.
    mutating func goOn() { crossings = [:] }

    // MARK: - End

    /// Ends the object, and its visits before.
    mutating func finish(_ reason: EndReason, _ rules: ObjectRules) -> [ObjectChange] {
        guard isOpen else { return [] }
        var changes: [Change] = []
        for line in rules.settings.lines where line.accepts(object.label) {
            if let crossing = crossings[line.name]?.finish(object.lastFittingBox, at: object.lastSeen, line: line) {
                changes.append(.crossing(crossing, line))
            }
        }
        for zone in rules.settings.zones {
            changes += (visits[zone.name]?.finish() ?? []).map { .zone($0, zone.name, object.lastSeen) }
        }
        return changes.map(report) + [.ended(object, reason)]
    }

    /// Forgets zones and lines that are not there any more, or are elsewhere.
    mutating func replace(_ old: ObjectSettings, with new: ObjectSettings) -> [ObjectChange] {
        var changes: [Change] = []
        for zone in old.zones where !new.zones.contains(where: { $0.name == zone.name && $0.polygon == zone.polygon }) {
            changes += (visits[zone.name]?.finish() ?? []).map { .zone($0, zone.name, object.lastSeen) }
            visits[zone.name] = nil
        }
        for line in old.lines
        where !new.lines.contains(where: { $0.name == line.name && $0.segment == line.segment }) {
            crossings[line.name] = nil
        }
        return isOpen ? changes.map(report) : []
    }
}
