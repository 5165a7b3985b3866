import Basics
import Events
import Watch

/// Explanation of an event: the samples around it, with scores, thresholds, boxes and what followed from them.
struct EventExplanation {
    /// A sample, or several that say the same.
    struct Row: Equatable {
        /// Seconds from the first frame.
        var position: Double
        /// Score of the label or object; `nil` if the object was not detected.
        var score: Double?
        var box: BoundingBox?
        /// What the event detector made of it.
        var notes: [String] = []
    }

    let event: AnalysisEvent
    let thresholds: Thresholds
    private(set) var rows: [Row] = []
    private let replay: RecordingReplay

    /// Seconds that are shown before the event.
    private static let before = 2.0
    /// Least common area of a detection and the object, as IoU.
    private static let leastOverlap = 0.3

    /// Replays a recording, and collects the samples of an event.
    ///
    /// - Parameter id: identifier of the event, or its beginning.
    /// - Returns: `nil` if the recording has no such event.
    /// - Throws: `FileError`, `LabelTargetError`.
    init?(_ id: String, in replay: RecordingReplay, _ settings: EventSettings) throws {
        let model = try ModelTraits(replay.header, groups: settings.groups)
        let rules = try settings.rules(for: model)
        var last: AnalysisEvent?
        var first: AnalysisEvent?
        try replay.run([rules], labels: model.labels) { output in
            guard case .event(let event, _) = output, event.id.hasPrefix(id) else { return }
            if first == nil { first = event }
            last = event
        }
        guard let first, let last else { return nil }
        self.replay = replay
        event = last
        thresholds = rules.thresholds(of: last)
        try collect(rules, model.labels, firstBox: first.box)
    }

    private mutating func collect(_ rules: RegionRules, _ labels: [String], firstBox: BoundingBox?) throws {
        let (start, end) = event.span
        var rows: [Row] = []
        var box = firstBox
        let header = replay.header
        let (event, last) = (event, end + thresholds.clearDelay + 1)
        try replay.run([rules], labels: labels, showsOpen: true) { output in
            switch output {
            case .sample(let record, _):
                guard record.media >= start - Self.before, record.media <= last else { return }
                var row = Row(position: record.media - header.start)
                (row.score, row.box) = Self.score(record, of: event, rules, labels, near: box)
                rows.append(row)
            case .event(let other, _) where other.id == event.id && !rows.isEmpty:
                rows[rows.count - 1].notes += Self.note(other)
            case .open(let open, _): box = open.first { $0.id == event.id }?.box ?? box
            case .event, .step: break
            }
        }
        self.rows = rows
    }

    /// Returns the score of the event's label or object in a sample, and its box.
    private static func score(
        _ record: SampleRecord, of event: AnalysisEvent, _ rules: RegionRules, _ labels: [String],
        near box: BoundingBox?
    ) -> (Double?, BoundingBox?) {
        switch (record.output, rules) {
        case (.scores(let scores), .labels(let targets)):
            let target = targets.first { target in
                target.group.map { $0 == event.group }
                    ?? target.classes.contains { labels.indices.contains($0) && labels[$0] == event.label }
            }
            return (target?.classes.reduce(0) { $0 + Double(scores[$1]) }, nil)
        case (.objects(let objects, _, _), _):
            guard let box else { return (nil, nil) }
            let near = objects.filter { $0.box.intersectionOverUnion(with: box) >= leastOverlap }
            let best = near.max { $0.score < $1.score }
            return (best?.score, best?.box)
        default: return (nil, nil)
        }
    }

    private static func note(_ event: AnalysisEvent) -> [String] {
        switch event {
        case .label(let event):
            switch event.kind {
            case .start: ["start"]
            case .end(let reason): ["end: \(reason.rawValue)"]
            default: []
            }
        case .object(let event):
            switch event.kind {
            case .start: ["start"]
            case .end(let reason): ["end: \(reason.rawValue)"]
            case .enter(let zone): ["enters \(zone)"]
            case .leave(let zone, let dwell): ["leaves \(zone) after \(decimals(dwell, 1)) s"]
            case .loiter(let zone, let dwell): ["in \(zone) for \(decimals(dwell, 1)) s"]
            case .cross(let line, let direction): ["crosses \(line): \(direction)"]
            case .stationary: ["stands still"]
            case .moving: ["moves again"]
            case .update: []
            }
        }
    }
}

// MARK: - Text

extension EventExplanation {
    /// Rows that are shown at the beginning and at the end of a long event.
    private static let shownAtEnds = 15

    /// Lines for people.
    var lines: [String] {
        let span = event.span
        let start = replay.header.start
        let positions =
            "\(RecordingText.position(span.start - start))–\(RecordingText.position(span.end - start))"
        let head = [
            "\(RecordingText.name(event.label, event.group))  \(replay.header.source)  \(positions)",
            "event \(event.id), model \(replay.header.model)",
            "enter \(thresholds.enter), leave \(decimals(thresholds.leave, 3)), hold \(thresholds.holdTime) s, "
                + "clear_after \(thresholds.clearDelay) s", "",
        ]
        let table = Output.table([["position", "score", "", event.box == nil ? "" : "box", ""]] + tableRows)
        return head + table.map { line in String(line.reversed().drop { $0 == " " }.reversed()) }
    }

    private var tableRows: [[String]] {
        let important = rows.indices.filter { index in
            index < Self.shownAtEnds || index >= rows.count - Self.shownAtEnds || !rows[index].notes.isEmpty
        }
        var result: [[String]] = []
        var next = 0
        for index in important {
            if index > next { result.append(index == next + 1 ? text(rows[next]) : summary(rows[next..<index])) }
            result.append(text(rows[index]))
            next = index + 1
        }
        return result
    }

    private func text(_ row: Row) -> [String] {
        let level = row.score.map { score in
            score >= thresholds.enter ? "≥ enter" : score >= thresholds.leave ? "≥ leave" : ""
        }
        let box = row.box.map { box in
            [box.x, box.y, box.width, box.height].map { decimals($0, 2) }.joined(separator: " ")
        }
        return [
            Self.position(row.position), row.score.map { decimals($0, 3) } ?? "–", level ?? "not detected", box ?? "",
            row.notes.joined(separator: ", "),
        ]
    }

    private func summary(_ rows: ArraySlice<Row>) -> [String] {
        let scores = rows.compactMap(\.score)
        let range = scores.isEmpty ? "–" : "\(decimals(scores.min() ?? 0, 2))–\(decimals(scores.max() ?? 0, 2))"
        return ["… \(count(rows.count, "sample"))", range, "", "", ""]
    }

    private static func position(_ seconds: Double) -> String {
        let milliseconds = Int((abs(seconds) * 1000).rounded()) % 1000
        let fraction = String(milliseconds)
        return RecordingText.position(seconds) + "." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }
}

extension AnalysisEvent {
    var id: String {
        switch self {
        case .label(let event): event.id.description
        case .object(let event): event.id.description
        }
    }

    var label: String {
        switch self {
        case .label(let event): event.label
        case .object(let event): event.label
        }
    }

    var group: String? {
        switch self {
        case .label(let event): event.group
        case .object(let event): event.group
        }
    }

    /// Place of an object; `nil` for a label.
    var box: BoundingBox? { if case .object(let event) = self { event.object.box } else { nil } }

    /// Times of the first and the last sample, by the time stamps of the recording.
    var span: (start: Double, end: Double) {
        switch self {
        case .label(let event): (event.interval.start.media, event.interval.end.media)
        case .object(let event): (event.object.start.media, event.object.lastSeen.media)
        }
    }
}

extension RegionRules {
    /// Thresholds of the label or object of an event.
    fileprivate func thresholds(of event: AnalysisEvent) -> Thresholds {
        switch self {
        case .labels(let targets):
            if case .label(let event) = event, targets.indices.contains(event.interval.target) {
                return targets[event.interval.target].thresholds
            }
            return Thresholds()
        case .objects(let settings):
            guard case .object(let event) = event else { return Thresholds() }
            return settings.targets.first { $0.classes.contains(event.object.label) }?.thresholds ?? Thresholds()
        }
    }
}
