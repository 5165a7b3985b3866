import FoundationEssentials

/// Contents of the state file: reserved sequence numbers, open events, and records that the log may lack.
struct StateFile: Codable, Equatable, Sendable {
    /// An open event.
    struct OpenEvent: Codable, Equatable, Sendable {
        /// Sequence number of its `start`.
        var sequence: Int
        /// Its state at the last sample.
        var record: EventRecord
    }

    /// A record, but for `update`, that was not in the log when the file was written.
    struct PendingRecord: Codable, Equatable, Sendable {
        var sequence: Int
        /// The JSON line, without its line feed.
        var text: String
    }

    /// Version of the format.
    var v = 1
    /// Last sequence number that may be used before the next file is written.
    var reserved = 0
    /// Last sequence number that was used when the file was written. The rest of the file is of the same time.
    var sequence = 0
    /// Open events, in the order of their starts.
    var openEvents: [OpenEvent] = []
    /// Records that the log may lack.
    var pending: [PendingRecord] = []
    /// Crossings of lines; `nil` in a file of an earlier version.
    var crossings: [ObjectCounts.Crossings]?
    /// Places where objects were; `nil` in a file of an earlier version.
    var occupancy: [ObjectCounts.Occupancy]?

    // The keys are a format on disk: they stay.
    private enum CodingKeys: String, CodingKey {
        case v, reserved, sequence, crossings, occupancy
        case openEvents = "present"
        case pending = "said"
    }

    /// The contents as JSON, with a line feed.
    var bytes: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Encoding fails only for NaN and infinity.
        return (try? encoder.encode(self)).map { Array($0) + [UInt8(ascii: "\n")] } ?? []
    }

    init() {}

    /// - Returns: nil if it is no state file, or incomplete.
    init?(_ bytes: [UInt8]) {
        guard let value = try? JSONDecoder().decode(StateFile.self, from: Data(bytes)), value.v == 1 else { return nil }
        self = value
    }
}

/// Records to write after a restart, from the state file and the log. A value that reads no files.
///
/// The process may have been killed at any time, so either of the two may be ahead of the other:
///
/// - A record in the log that is newer than the state file updates the open events.
/// - A record in the state file that is newer than the log was not written. It is written again, with its own sequence
///   number.
/// - Events that are open after that end with the last known state.
struct Recovery: Sendable {
    /// Records that the log lacks, with their own sequence numbers.
    var unlogged: [EventLine] = []
    /// Events that were open, in the order of their starts.
    var interrupted: [EventRecord] = []
    /// Last sequence number that may have been used.
    var sequence = 0
    /// Counts of objects.
    var counts = ObjectCounts()

    /// - Parameters:
    ///   - file: nil if there is none.
    ///   - log: at least the records of the log that are newer than the file.
    ///   - last: sequence number of the last record of the log; 0 if there is none.
    init(file: StateFile?, log: [LoggedLine], last: Int) {
        let file = file ?? StateFile()
        sequence = max(file.reserved, file.sequence, last)
        var openEvents = Dictionary(file.openEvents.map { ($0.record.id, $0) }) { $1 }
        counts = ObjectCounts(crossings: file.crossings ?? [], occupancy: file.occupancy ?? [])
        for line in log where line.seq > file.sequence {
            Self.note(line, &openEvents)
            counts.note(line)
        }
        interrupted = openEvents.values.sorted { $0.sequence < $1.sequence }.map(\.record)
        unlogged = file.pending.filter { $0.sequence > last }.compactMap { record in
            let text = Array(record.text.utf8)
            guard let line = LoggedLine(text) else { return nil }
            return EventLine(sequence: record.sequence, text: text + [UInt8(ascii: "\n")], topic: line.topic)
        }
    }

    private init(sequence: Int) { self.sequence = sequence }

    /// Recovery without file and log: no open events. Sequence numbers continue from the seconds since 1970, which no
    /// earlier run has reached unless it wrote more than a record in each.
    static func unknown(at time: Timestamp) -> Recovery { Recovery(sequence: Int(max(0, time.milliseconds / 1000))) }

    private static func note(_ line: LoggedLine, _ openEvents: inout [String: StateFile.OpenEvent]) {
        guard let id = line.id else { return }
        switch line.type {
        case "start":
            openEvents[id] = EventRecord(start: line).map { StateFile.OpenEvent(sequence: line.seq, record: $0) }
        case "update", "enter", "leave", "loiter", "cross", "stationary", "moving": openEvents[id]?.record.update(line)
        case "end": openEvents[id] = nil
        default: break
        }
    }
}

extension EventRecord {
    /// Creates the state of an open event from its `start`. The record lacks the number of samples and their peak: a
    /// single sample is assumed.
    fileprivate init?(start line: LoggedLine) {
        guard let id = line.id, let source = line.source, let label = line.label,
            let time = line.time.flatMap(Timestamp.init(iso8601:))
        else { return nil }
        let score = line.score ?? 0
        self.init(
            id: id, source: source, region: line.region ?? "full", label: label, group: line.group,
            model: line.model ?? "", time: time.milliseconds, start: time.milliseconds, media: line.media ?? 0,
            score: score, duration: 0, peak: score, mean: score, samples: 1,
            object: line.box.map { ObjectMembers(box: $0, zones: line.zones ?? []) })
    }

    /// Applies an `update` record, or one of a zone or a line.
    fileprivate mutating func update(_ line: LoggedLine) {
        guard let time = line.time.flatMap(Timestamp.init(iso8601:)), let score = line.score else { return }
        // A record of a zone or a line has the time at which the object was there, which is earlier than the last sample.
        if time.milliseconds >= self.time {
            self.time = time.milliseconds
            media = line.media ?? media
        }
        duration = max(duration, Double(time.milliseconds - start) / 1000)
        self.score = score
        peak = max(peak, score)
        if let box = line.box { object?.box = box }
        if let zones = line.zones { object?.zones = zones }
    }
}
