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

/// What a line is about.
package struct EventTopic: Equatable, Sendable {
    /// `start`, `end`, `source_lost` and so on.
    package var type: String
    /// The camera or the recording.
    package var source: String?
    /// What was seen.
    package var label: String?
    /// The group that it belongs to, if it does.
    package var group: String?

    package init(type: String, source: String? = nil, label: String? = nil, group: String? = nil) {
        self.type = type
        self.source = source
        self.label = label
        self.group = group
    }
}
