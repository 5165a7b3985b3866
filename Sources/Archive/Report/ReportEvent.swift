import Basics
import Events
import Watch

/// Event with what a report shows of it. All times are in seconds from the first frame of its recording.
package struct ReportEvent: Equatable, Sendable {
    package var id: String
    package var label: String
    package var group: String?
    /// Whether it is an object, and not a label of the whole frame.
    package var isObject: Bool
    package var start: Double
    package var end: Double
    /// Highest score.
    package var peak: Double
    /// Time of the best sample.
    package var best: Double
    /// Place at that time; `nil` for a label.
    package var box: BoundingBox?
    /// Names of the zones that the object entered.
    package var zones: [String] = []
    package var crossings: [Crossing] = []
    /// Way of the center of the object.
    package var path: [Point] = []
    package var attributes: [String] = []
    /// Scores between start and end, at even distances.
    package var curve: [Double] = []

    /// Crossing of a line.
    package struct Crossing: Equatable, Sendable {
        package var line: String
        package var direction: String
        package var time: Double
    }
}

/// Collects the events of a recording from a replay.
struct ReportEventCollector {
    private struct Open {
        var event: ReportEvent
        var bestScore = -Double.infinity
        var scores: [(time: Double, score: Double)] = []
    }

    private let start: Double
    private var open: [EventID: Open] = [:]
    private(set) var events: [ReportEvent] = []

    /// Most points of a curve.
    private static let mostPoints = 48

    /// - Parameter start: time stamp of the first frame, in seconds.
    init(start: Double) { self.start = start }

    mutating func take(_ output: RecordingReplay.Output) {
        switch output {
        case .sample, .step: break
        case .open(let events, _): for event in events { update(event) }
        case .event(let event, _): take(event)
        }
    }

    private mutating func take(_ event: AnalysisEvent) {
        let id = event.id
        if event.isStart { open[id] = Open(event: ReportEvent(event, start: start)) }
        if case .object(let object) = event, case .cross(let line, let direction) = object.kind {
            open[id]?.event.crossings.append(
                ReportEvent.Crossing(line: line, direction: direction, time: object.media - start))
        }
        guard event.isEnd, var last = open.removeValue(forKey: id) else { return }
        last.event.finish(event, start: start)
        last.event.curve = Self.curve(last.scores, from: last.event.start, to: last.event.end)
        events.append(last.event)
    }

    /// Notes the score of an open event after a sample, and its place where it is best.
    private mutating func update(_ event: AnalysisEvent) {
        guard var known = open[event.id] else { return }
        switch event {
        case .label(let label):
            known.scores.append((label.interval.end.media - start, label.interval.score))
            if label.interval.score > known.bestScore {
                known.bestScore = label.interval.score
                known.event.best = label.interval.end.media - start
            }
        case .object(let object):
            let seen = object.object.lastSeen.media - start
            if known.scores.last?.time != seen { known.scores.append((seen, object.object.score)) }
            if object.object.best == object.object.lastSeen {
                known.event.best = seen
                known.event.box = object.object.box
            }
        }
        open[event.id] = known
    }

    /// Returns the highest score in each of a few equal intervals. An interval without a sample has the score before.
    private static func curve(_ scores: [(time: Double, score: Double)], from start: Double, to end: Double) -> [Double]
    {
        guard scores.count > 1, end > start else { return scores.map(\.score) }
        let count = min(mostPoints, scores.count)
        var curve = [Double?](repeating: nil, count: count)
        for (time, score) in scores {
            let place = Int((time - start) / (end - start) * Double(count))
            let index = min(max(0, place), count - 1)
            curve[index] = max(curve[index] ?? 0, score)
        }
        var last = scores[0].score
        return curve.map { value in
            last = value ?? last
            return last
        }
    }
}

extension AnalysisEvent {
    fileprivate var id: EventID {
        switch self {
        case .label(let event): event.id
        case .object(let event): event.id
        }
    }
}

extension ReportEvent {
    fileprivate init(_ event: AnalysisEvent, start: Double) {
        switch event {
        case .label(let event):
            self.init(
                id: event.id.description, label: event.label, group: event.group, isObject: false,
                start: event.interval.start.media - start, end: event.interval.end.media - start,
                peak: event.interval.peak, best: event.interval.start.media - start)
        case .object(let event):
            self.init(
                id: event.id.description, label: event.label, group: event.group, isObject: true,
                start: event.object.start.media - start, end: event.object.lastSeen.media - start,
                peak: event.object.peak, best: event.object.best.media - start, box: event.object.box)
        }
    }

    fileprivate mutating func finish(_ event: AnalysisEvent, start: Double) {
        switch event {
        case .label(let event):
            (label, group) = (event.label, event.group)
            end = event.interval.end.media - start
            peak = event.interval.peak
        case .object(let event):
            (label, group) = (event.label, event.group)
            end = event.object.lastSeen.media - start
            peak = event.object.peak
            zones = event.object.zones
            path = event.object.path.points
            attributes = event.object.attributes.map(\.label)
        }
    }
}
