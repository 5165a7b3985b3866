/// Interval of time in a recording, in seconds from its first frame.
package struct MediaInterval: Equatable, Sendable {
    package var start: Double
    package var end: Double

    package init(start: Double, end: Double) { (self.start, self.end) = (start, end) }

    package var length: Double { max(0, end - start) }

    /// Returns the part within some limits; `nil` if there is none.
    package func clamped(from: Double, to: Double?) -> MediaInterval? {
        let part = MediaInterval(start: max(start, from), end: min(end, to ?? .infinity))
        return part.end > part.start || (part.end == part.start && start == end) ? part : nil
    }

    /// Returns the length of the common part.
    package func common(with other: MediaInterval) -> Double { max(0, min(end, other.end) - max(start, other.start)) }

    /// Returns the intersection over union of both, 0...1.
    package func overlap(with other: MediaInterval) -> Double {
        let common = common(with: other)
        let union = length + other.length - common
        return union > 0 ? common / union : 0
    }

    /// Returns the union of intervals: sorted, and without overlaps.
    package static func union(of intervals: [MediaInterval]) -> [MediaInterval] {
        intervals.sorted { ($0.start, $0.end) < ($1.start, $1.end) }.reduce(into: []) { result, next in
            guard let last = result.last, next.start <= last.end else { return result.append(next) }
            result[result.count - 1].end = max(last.end, next.end)
        }
    }
}

/// Comparison of the intervals of events with true ones.
///
/// Precision and recall count events; overlap is the intersection over union in time of all intervals of a label together.
package struct IntervalScore: Equatable, Sendable {
    package var events = 0
    package var truths = 0
    /// Events that overlap a true interval, each true interval counted once.
    package var matched = 0
    /// Seconds in both.
    package var common = 0.0
    /// Seconds in either.
    package var union = 0.0

    package init() {}

    /// Fraction of the events that are true; 1 without events.
    package var precision: Double { events > 0 ? Double(matched) / Double(events) : 1 }
    /// Fraction of the true intervals that have an event; 1 without true intervals.
    package var recall: Double { truths > 0 ? Double(matched) / Double(truths) : 1 }
    /// Harmonic mean of precision and recall.
    package var f1: Double { events + truths > 0 ? 2 * Double(matched) / Double(events + truths) : 1 }
    /// Intersection over union in time, 0...1; 1 if there is nothing in either.
    package var overlap: Double { union > 0 ? common / union : 1 }

    /// Adds the intervals of one label in one recording.
    package mutating func add(events: [MediaInterval], truths: [MediaInterval]) {
        self.events += events.count
        self.truths += truths.count
        matched += Self.matches(events, truths)
        let (first, second) = (MediaInterval.union(of: events), MediaInterval.union(of: truths))
        let common = first.reduce(0) { sum, interval in sum + second.reduce(0) { $0 + interval.common(with: $1) } }
        self.common += common
        union += first.reduce(0) { $0 + $1.length } + second.reduce(0) { $0 + $1.length } - common
    }

    /// Pairs events with true intervals, the best overlap first, and returns the number of pairs.
    private static func matches(_ events: [MediaInterval], _ truths: [MediaInterval]) -> Int {
        var pairs: [(event: Int, truth: Int, overlap: Double)] = []
        for (event, interval) in events.enumerated() {
            for (truth, other) in truths.enumerated() where interval.common(with: other) > 0 {
                pairs.append((event, truth, interval.overlap(with: other)))
            }
        }
        var usedEvents: Set<Int> = []
        var usedTruths: Set<Int> = []
        for pair in pairs.sorted(by: { ($1.overlap, $0.event, $0.truth) < ($0.overlap, $1.event, $1.truth) })
        where !usedEvents.contains(pair.event) && !usedTruths.contains(pair.truth) {
            usedEvents.insert(pair.event)
            usedTruths.insert(pair.truth)
        }
        return usedEvents.count
    }
}
