import FoundationEssentials

/// What is kept over a restart: which numbers may have been given, what is present, and what the log may not
/// have yet.
struct StateFile: Codable, Equatable, Sendable {
    /// Something that is present.
    struct OpenEvent: Codable, Equatable, Sendable {
        /// The number of its `start`.
        var sequence: Int
        /// As it was seen last.
        var record: EventRecord
    }

    /// A `start` or an `end` that was said, and was not in the log when this was written.
    struct PendingRecord: Codable, Equatable, Sendable {
        var sequence: Int
        /// The line, without its line feed.
        var text: String
    }

    var v = 1
    /// The last number that may have been given by the time the next file is written.
    var reserved = 0
    /// The last number that had been given when this was written: all of the rest is as it was then.
    var sequence = 0
    var openEvents: [OpenEvent] = []
    var pending: [PendingRecord] = []

    // The keys are a format on disk: they stay.
    private enum CodingKeys: String, CodingKey {
        case v, reserved, sequence
        case openEvents = "present"
        case pending = "said"
    }

    var bytes: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // What is made of numbers and text can be encoded; only numbers that are none cannot.
        return (try? encoder.encode(self)).map { Array($0) + [UInt8(ascii: "\n")] } ?? []
    }

    init() {}

    /// - Returns: nil if it is no such file, or not whole.
    init?(_ bytes: [UInt8]) {
        guard let value = try? JSONDecoder().decode(StateFile.self, from: Data(bytes)), value.v == 1 else { return nil }
        self = value
    }
}

/// What has to be said after a restart, by what the state file and the log hold. A value that reads nothing.
///
/// The program may have been killed at any time, so either of the two may be ahead of the other:
///
/// - A line that is in the log, and newer than the state file, changes what is present.
/// - A `start` or `end` that is in the state file, and newer than the log, is said again under its own number:
///   it has not been written.
/// - What is present after that ends as it was known last.
struct Recovery {
    /// Lines that the log does not have, under their own numbers.
    var unlogged: [EventLine] = []
    /// What was openEvents, in the order in which it began.
    var interrupted: [EventRecord] = []
    /// The last number that may have been given.
    var sequence = 0

    /// - Parameters:
    ///   - file: nil if there is none.
    ///   - log: the lines of the log that are newer than the file, at least.
    ///   - last: the number of the last line of the log; 0 if there is none.
    init(file: StateFile?, log: [LoggedLine], last: Int) {
        let file = file ?? StateFile()
        sequence = max(file.reserved, file.sequence, last)
        var openEvents = Dictionary(file.openEvents.map { ($0.record.id, $0) }) { $1 }
        for line in log where line.seq > file.sequence { Self.note(line, &openEvents) }
        interrupted = openEvents.values.sorted { $0.sequence < $1.sequence }.map(\.record)
        unlogged = file.pending.filter { $0.sequence > last }.compactMap { record in
            let text = Array(record.text.utf8)
            guard let line = LoggedLine(text) else { return nil }
            return EventLine(sequence: record.sequence, text: text + [UInt8(ascii: "\n")], topic: line.topic)
        }
    }

    private static func note(_ line: LoggedLine, _ openEvents: inout [String: StateFile.OpenEvent]) {
        guard let id = line.id else { return }
        switch line.type {
        case "start":
            openEvents[id] = EventRecord(start: line).map { StateFile.OpenEvent(sequence: line.seq, record: $0) }
        case "update": openEvents[id]?.record.update(line)
        case "end": openEvents[id] = nil
        default: break
        }
    }
}

extension EventRecord {
    /// What a `start` says. How many samples there were, and how high, is not in it: as if there was one.
    fileprivate init?(start line: LoggedLine) {
        guard let id = line.id, let source = line.source, let label = line.label,
            let time = line.time.flatMap(Timestamp.init(iso8601:))
        else { return nil }
        let score = line.score ?? 0
        self.init(
            id: id, source: source, region: line.region ?? "full", label: label, group: line.group,
            model: line.model ?? "", time: time.milliseconds, start: time.milliseconds, media: line.media ?? 0,
            score: score, duration: 0, peak: score, mean: score, samples: 1)
    }

    /// What an `update` adds.
    fileprivate mutating func update(_ line: LoggedLine) {
        guard let time = line.time.flatMap(Timestamp.init(iso8601:)), let score = line.score else { return }
        self.time = time.milliseconds
        media = line.media ?? media
        duration = max(duration, Double(time.milliseconds - start) / 1000)
        self.score = score
        peak = max(peak, score)
    }
}
