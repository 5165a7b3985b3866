/// All that a line says of something that was seen, in a form that can be kept over a restart.
struct EventRecord: Codable, Equatable, Sendable {
    var id: String
    var source: String
    var region: String
    var label: String
    var group: String?
    var model: String
    /// Milliseconds since 1970: of the line, and of the first sample.
    var time: Int64
    var start: Int64
    /// Seconds by the time stamps of the source.
    var media: Double
    var score: Double
    /// Seconds from the first sample to the last.
    var duration: Double
    var peak: Double
    var mean: Double
    var samples: Int

    /// - Parameter type: `start`, `update`, `end`, or `state`: what is there now.
    func line(sequence: Int, type: String, reason: EndReason? = nil) -> JSONLine {
        var line = JSONLine()
        line.add("v", Event.version)
        line.add("seq", sequence)
        line.add("time", Timestamp(milliseconds: time).description)
        line.add("type", type)
        line.add("id", id)
        line.add("source", source)
        line.add("region", region)
        line.add("label", label)
        line.add("group", group)
        line.add("score", score, decimals: 4)
        line.add("media", media, decimals: 3)
        line.add("model", model)
        guard type == "end" || type == "state" else { return line }
        line.add("duration", duration, decimals: 3)
        line.add("peak", peak, decimals: 4)
        line.add("mean", mean, decimals: 4)
        line.add("samples", samples)
        line.add("reason", reason?.rawValue)
        return line
    }
}

extension EventRecord {
    /// - Parameter isLatest: whether time and place are those of the last sample so far, whatever the event tells of.
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

/// A line of events, with what sinks have to know of it so that they need not read it.
package struct EventLine: Sendable {
    /// Its number in the log.
    package let sequence: Int
    /// UTF-8, with the line feed at its end.
    package let text: [UInt8]
    /// What readers choose lines by.
    package let topic: EventTopic
    /// How many lines it stands for, if it says that some are missing.
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

    /// A line about something that was seen.
    package init(_ event: Event, sequence: Int) {
        self.init(EventRecord(event), sequence: sequence, type: event.kind.name, reason: event.kind.reason)
    }

    /// A line about a source.
    package init(_ event: SourceEvent, sequence: Int) {
        self.init(
            sequence: sequence, text: event.line(sequence: sequence).line,
            topic: EventTopic(type: event.kind.name, source: event.source))
    }

    init(_ record: EventRecord, sequence: Int, type: String, reason: EndReason? = nil) {
        self.init(
            sequence: sequence, text: record.line(sequence: sequence, type: type, reason: reason).line,
            topic: EventTopic(type: type, source: record.source, label: record.label, group: record.group))
    }

    /// The line that stands in the place of lines that are missing.
    ///
    /// - Parameters:
    ///   - sequence: the number of the last of them, so that numbers go on without a hole.
    ///   - time: by the calendar.
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
