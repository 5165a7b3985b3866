/// What has to be said after a restart, by what the state file and the log hold. A value that reads nothing.
///
/// The program may have been killed at any time, so either of the two may be ahead of the other:
///
/// - A line that is in the log, and newer than the state file, changes what is present.
/// - A `start` or `end` that is in the state file, and newer than the log, is said again under its own number:
///   it has not been written.
/// - What is present after that ends as it was known last.
struct Recovery: Sendable {
    /// Lines that the log does not have, under their own numbers.
    var repeated: [EventLine] = []
    /// What was present, in the order in which it began.
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
        var present = Dictionary(file.present.map { ($0.record.id, $0) }) { $1 }
        for line in log where line.seq > file.sequence { Self.note(line, &present) }
        interrupted = present.values.sorted { $0.sequence < $1.sequence }.map(\.record)
        repeated = file.said.filter { $0.sequence > last }.compactMap { said in
            let text = Array(said.text.utf8)
            guard let line = LoggedLine(text) else { return nil }
            return EventLine(sequence: said.sequence, text: text + [UInt8(ascii: "\n")], topic: line.topic)
        }
    }

    private init(sequence: Int) { self.sequence = sequence }

    /// What is done when neither can be read: nothing was present. Lines are numbered from the seconds since 1970 on,
    /// to which no earlier run has come unless it said more than a line in each.
    static func unknown(at time: Timestamp) -> Recovery { Recovery(sequence: Int(max(0, time.milliseconds / 1000))) }

    private static func note(_ line: LoggedLine, _ present: inout [String: StateFile.Present]) {
        guard let id = line.id else { return }
        switch line.type {
        case "start": present[id] = EventRecord(start: line).map { StateFile.Present(sequence: line.seq, record: $0) }
        case "update": present[id]?.record.update(line)
        case "end": present[id] = nil
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
