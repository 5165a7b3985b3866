/// Members of the event record of a label or an object, in a form that can be stored across restarts.
struct EventRecord: Codable, Equatable, Sendable {
    /// Identifier of the event.
    var id: String
    /// Name of the camera or recording.
    var source: String
    /// Name of the region.
    var region: String
    /// The label; for a group, the label with the highest scores.
    var label: String
    /// Group of the label; nil if it has none.
    var group: String?
    /// Name of the network.
    var model: String
    /// Wall-clock time of the record, in milliseconds since 1970 in UTC.
    var time: Int64
    /// Wall-clock time of the first sample, in milliseconds since 1970 in UTC.
    var start: Int64
    /// Seconds by the time stamps of the source.
    var media: Double
    /// Score of the last sample at or above the leave threshold.
    var score: Double
    /// Seconds from the first sample to the last.
    var duration: Double
    /// Highest score.
    var peak: Double
    /// Mean score.
    var mean: Double
    /// Number of samples at or above the leave threshold, or with the object.
    var samples: Int
    /// Members that only objects have; nil for a label.
    var object: ObjectMembers?

    /// Members of the event record of an object.
    struct ObjectMembers: Codable, Equatable, Sendable {
        /// Left edge, upper edge, width and height of the bounding box, in normalized coordinates.
        var box: [Double]
        /// Names of the zones that the object has entered.
        var zones: [String]
        /// Way of the center of the box: x and y of each point.
        var path: [[Double]] = []
        /// Wall-clock time of the best sample, in milliseconds since 1970 in UTC.
        var best: Int64?
        /// Classes that the second stage sees in the object; nil for none.
        var attributes: [ObjectAttribute]?
        /// Name of the file with the best frame; nil for none.
        var snapshot: String?
    }

    /// Returns the record as a JSON line.
    ///
    /// - Parameters:
    ///   - type: type of the record, or `state` for an open event.
    ///   - reason: for `end`.
    ///   - details: for events of an object: what it did.
    func line(
        sequence: Int, type: String, reason: EndReason? = nil, details: ObjectEvent.Kind? = nil
    ) -> JSONLine {
        var line = JSONLine()
        line.add("v", Event.version)
        line.add("seq", sequence)
        line.add("time", Timestamp(milliseconds: time).description)
        line.add("type", type)
        line.add("id", id)
        line.add("source", source)
        if object == nil { line.add("region", region) }
        line.add("label", label)
        line.add("group", group)
        line.add("score", score, decimals: 4)
        if let object {
            line.add("box", object.box, decimals: 4)
            line.add("zones", object.zones)
            if let attributes = object.attributes { line.add("attributes", attributes.map(\.json)) }
        }
        if let details { line.add(details) }
        line.add("media", media, decimals: 3)
        line.add("model", model)
        guard type == "end" || type == "state" else { return line }
        line.add("duration", duration, decimals: 3)
        line.add("peak", peak, decimals: 4)
        if object == nil { line.add("mean", mean, decimals: 4) }
        line.add("samples", samples)
        if let object {
            line.add("best", object.best.map { Timestamp(milliseconds: $0).description })
            line.add("snapshot", object.snapshot)
            line.add("path", object.path, decimals: 4)
        }
        line.add("reason", reason?.rawValue)
        return line
    }
}

extension EventRecord {
    /// - Parameter isLatest: whether `time` and `media` are those of the last sample so far, whatever the kind of the
    ///   event.
    init(_ event: Event, isLatest: Bool = false) {
        let interval = event.interval
        self.init(
            id: event.id.description, source: event.source, region: event.region, label: event.label,
            group: event.group, model: event.model,
            time: isLatest ? interval.end.wallClock.milliseconds : event.time.milliseconds,
            start: interval.start.wallClock.milliseconds, media: isLatest ? interval.end.media : event.media,
            score: interval.score, duration: interval.duration, peak: interval.peak, mean: interval.mean,
            samples: interval.samples)
    }
}

extension EventRecord {
    /// - Parameter isLatest: whether `time` and `media` are those of the last sample so far, whatever the kind of the
    ///   event.
    init(_ event: ObjectEvent, isLatest: Bool = false) {
        let object = event.object
        self.init(
            id: event.id.description, source: event.source, region: "full", label: event.label, group: event.group,
            model: event.model,
            time: isLatest ? object.lastSeen.wallClock.milliseconds : event.time.milliseconds,
            start: object.start.wallClock.milliseconds, media: isLatest ? object.lastSeen.media : event.media,
            score: object.score, duration: object.duration, peak: object.peak, mean: object.score,
            samples: object.samples,
            object: ObjectMembers(
                box: [object.box.x, object.box.y, object.box.width, object.box.height], zones: object.zones,
                path: object.path.points.map { [$0.x, $0.y] }, best: object.best.wallClock.milliseconds,
                attributes: object.attributes.isEmpty ? nil : object.attributes, snapshot: event.snapshot))
    }
}

extension ObjectAttribute {
    fileprivate var json: JSONLine {
        var line = JSONLine()
        line.add("label", label)
        line.add("score", score, decimals: 4)
        return line
    }
}

extension JSONLine {
    /// Adds what an object did at a zone or a line.
    fileprivate mutating func add(_ kind: ObjectEvent.Kind) {
        switch kind {
        case .enter(let zone): add("zone", zone)
        case .leave(let zone, let dwell), .loiter(let zone, let dwell):
            add("zone", zone)
            add("dwell", dwell, decimals: 3)
        case .cross(let line, let direction):
            add("line", line)
            add("direction", direction)
        case .start, .update, .end, .stationary, .moving: break
        }
    }
}

/// Event record as a JSON line, with the members that sinks need so that they do not parse it.
package struct EventLine: Sendable {
    /// Sequence number.
    package let sequence: Int
    /// UTF-8, with the line feed.
    package let text: [UInt8]
    /// Members by which filters select the record.
    package let topic: EventTopic
    /// Number of missing records that a `gap` record stands for; 0 for other records.
    let missed: Int

    package init(sequence: Int, text: [UInt8], topic: EventTopic) {
        self.init(sequence: sequence, text: text, topic: topic, missed: 0)
    }

    private init(sequence: Int, text: [UInt8], topic: EventTopic, missed: Int) {
        self.sequence = sequence
        self.text = text
        self.topic = topic
        self.missed = missed
    }

    /// Creates the record of an event about a label.
    package init(_ event: Event, sequence: Int) {
        self.init(EventRecord(event), sequence: sequence, type: event.kind.name, reason: event.kind.reason)
    }

    /// Creates the record of an event about an object.
    package init(_ event: ObjectEvent, sequence: Int) {
        self.init(
            EventRecord(event), sequence: sequence, type: event.kind.type.rawValue, reason: event.kind.reason,
            details: event.kind)
    }

    /// Creates the record of an event about a source.
    package init(_ event: SourceEvent, sequence: Int) {
        self.init(
            sequence: sequence, text: event.line(sequence: sequence).line,
            topic: EventTopic(type: event.kind.name, source: event.source))
    }

    /// Serializes a record.
    ///
    /// - Parameters:
    ///   - sequence: sequence number.
    ///   - type: as for ``EventRecord/line(sequence:type:reason:)``.
    ///   - reason: for `end` records.
    ///   - details: for events of an object.
    init(
        _ record: EventRecord, sequence: Int, type: String, reason: EndReason? = nil,
        details: ObjectEvent.Kind? = nil
    ) {
        self.init(
            sequence: sequence,
            text: record.line(sequence: sequence, type: type, reason: reason, details: details).line,
            topic: EventTopic(type: type, source: record.source, label: record.label, group: record.group))
    }

    /// Creates the `gap` record that replaces missing records.
    ///
    /// - Parameters:
    ///   - missed: number of missing records.
    ///   - sequence: sequence number of the last missing record, so that the sequence has no hole.
    ///   - time: wall-clock time in UTC.
    static func gap(missed: Int, sequence: Int, time: Timestamp) -> EventLine {
        var line = JSONLine()
        line.add("v", Event.version)
        line.add("seq", sequence)
        line.add("time", time.description)
        line.add("type", EventType.gap.rawValue)
        line.add("missed", missed)
        return EventLine(
            sequence: sequence, text: line.line, topic: EventTopic(type: EventType.gap.rawValue), missed: missed)
    }
}
