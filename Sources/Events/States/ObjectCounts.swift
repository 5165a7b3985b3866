/// Counts of the objects of all sources: crossings of lines since the first start, and the objects that are in the frame and
/// in each zone now.
///
/// A value without a clock. It counts what the event records say, so that the log and the counts agree. Crossings survive
/// a restart; objects start anew.
package struct ObjectCounts: Equatable, Sendable {
    /// Crossings of a line in one direction by objects with one label.
    package struct Crossings: Codable, Equatable, Sendable {
        package var source: String
        package var line: String
        package var direction: String
        package var label: String
        package var count: Int
        /// Wall-clock time of the last crossing, in milliseconds since 1970 in UTC.
        var time: Int64
    }

    /// Objects with one label in a zone, or in the frame.
    package struct Occupancy: Codable, Equatable, Sendable {
        package var source: String
        /// Name of the zone; `nil` for the whole frame.
        package var zone: String?
        package var label: String
        package var count: Int
        /// Wall-clock time of the last change, in milliseconds since 1970 in UTC.
        var time: Int64
    }

    /// Object that is there, with the zones that it is in.
    private struct Present: Equatable, Sendable {
        var source: String
        var label: String
        var zones: Set<String> = []
    }

    /// In the order of the first crossing.
    package private(set) var crossings: [Crossings] = []
    /// In the order of the first object. A place that was occupied once stays, with a count of 0.
    package private(set) var occupancy: [Occupancy] = []
    /// By the identifier of the event.
    private var present: [String: Present] = [:]

    /// Largest number of lines and of places: labels and names are few, and a file that is not ours may have more.
    private static let most = 10_000

    package init() {}

    /// Restores the counts of a previous run. No object is there yet.
    package init(crossings: [Crossings], occupancy: [Occupancy]) {
        self.crossings = Array(crossings.prefix(Self.most))
        self.occupancy = occupancy.prefix(Self.most).map { place in
            var place = place
            place.count = 0
            return place
        }
    }

    /// Adds an event about an object.
    mutating func note(_ event: ObjectEvent) {
        let time = event.time.milliseconds
        update(event.id.description, source: event.source, label: event.label, at: time) { object in
            switch event.kind {
            case .enter(let zone): object.zones.insert(zone)
            case .leave(let zone, _): object.zones.remove(zone)
            default: break
            }
            if case .end = event.kind { return false }
            return true
        }
        if case .cross(let line, let direction) = event.kind {
            count(event.source, line: line, direction: direction, label: event.label, at: time)
        }
    }

    /// Adds a record of the log. Only crossings count: the objects of a previous run are gone.
    mutating func note(_ record: LoggedLine) {
        guard record.type == "cross", let source = record.source, let line = record.line,
            let direction = record.direction, let label = record.label
        else { return }
        let time = record.time.flatMap(Timestamp.init(iso8601:))
        count(source, line: line, direction: direction, label: label, at: time?.milliseconds ?? 0)
    }

    /// Changes an object that is there.
    ///
    /// - Parameter body: returns whether it is still there.
    private mutating func update(
        _ id: String, source: String, label: String, at time: Int64, _ body: (inout Present) -> Bool
    ) {
        var object = present[id] ?? Present(source: source, label: label)
        if let old = present[id] { move(old, by: -1, at: time) }
        object.label = label
        let isThere = body(&object)
        present[id] = isThere ? object : nil
        if isThere { move(object, by: 1, at: time) }
    }

    private mutating func move(_ object: Present, by change: Int, at time: Int64) {
        for zone in [nil] + object.zones.sorted().map(Optional.some) {
            let index = occupancy.firstIndex {
                $0.source == object.source && $0.zone == zone && $0.label == object.label
            }
            if let index {
                occupancy[index].count += change
                occupancy[index].time = time
            } else if occupancy.count < Self.most {
                occupancy.append(
                    Occupancy(
                        source: object.source, zone: zone, label: object.label, count: max(0, change), time: time))
            }
        }
    }

    private mutating func count(
        _ source: String, line: String, direction: String, label: String, at time: Int64
    ) {
        let index = crossings.firstIndex {
            $0.source == source && $0.line == line && $0.direction == direction && $0.label == label
        }
        if let index {
            crossings[index].count += 1
            crossings[index].time = time
        } else if crossings.count < Self.most {
            crossings.append(
                Crossings(
                    source: source, line: line, direction: direction, label: label, count: 1, time: time))
        }
    }
}

extension ObjectCounts {
    /// Returns a `state` record for each count.
    ///
    /// - Parameter sequence: sequence number of the last event that the counts include.
    func stateLines(sequence: Int) -> [EventLine] {
        let places = occupancy.map { place in
            line(sequence, place.time, place.source, place.label, place.count) { $0.add("zone", place.zone) }
        }
        let lines = crossings.map { crossing in
            line(sequence, crossing.time, crossing.source, crossing.label, crossing.count) {
                $0.add("line", crossing.line)
                $0.add("direction", crossing.direction)
            }
        }
        return places + lines
    }

    private func line(
        _ sequence: Int, _ time: Int64, _ source: String, _ label: String, _ count: Int,
        _ addPlace: (inout JSONLine) -> Void
    ) -> EventLine {
        var line = JSONLine()
        line.add("v", Event.version)
        line.add("seq", sequence)
        line.add("time", Timestamp(milliseconds: time).description)
        line.add("type", "state")
        line.add("source", source)
        line.add("label", label)
        addPlace(&line)
        line.add("count", count)
        return EventLine(
            sequence: sequence, text: line.line, topic: EventTopic(type: "state", source: source, label: label))
    }
}
