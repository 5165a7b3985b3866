import Basics
import Capture
import Dispatch
import Events
import Watch

/// Replays recordings with several settings, and compares what comes of them, with each other and with the truth.
package struct Sweep: Sendable {
    /// Samples of a recording, with the rules of each setting.
    package struct Recording: Sendable {
        package var replay: RecordingReplay
        package var rules: [RegionRules]
        package var labels: [String]

        package init(replay: RecordingReplay, rules: [RegionRules], labels: [String]) {
            (self.replay, self.rules, self.labels) = (replay, rules, labels)
        }
    }

    /// What came of a setting.
    package struct Result: Equatable, Sendable {
        /// Number of events.
        package var events = 0
        /// Sum of the lengths of the events, in seconds.
        package var seconds = 0.0
        /// Comparison with the truth; `nil` without one.
        package var score: IntervalScore?
    }

    /// An event's label, group and interval.
    struct Interval: Equatable, Sendable {
        var names: Set<String>
        var interval: MediaInterval
    }

    private let truth: TruthFile?
    private let part: RecordingPart

    /// - Parameter part: part of each recording that counts.
    package init(truth: TruthFile?, part: RecordingPart = .all) {
        self.truth = truth
        self.part = part
    }

    /// Replays recordings, several at a time.
    ///
    /// - Parameter settings: number of settings: each recording has rules for each of them.
    /// - Returns: a result for each setting.
    /// - Throws: ``FileError``.
    package func results(of recordings: [Recording], settings: Int) throws(FileError) -> [Result] {
        let outcomes = Mutex([Int: Swift.Result<[Result], FileError>]())
        DispatchQueue.concurrentPerform(iterations: recordings.count) { index in
            let outcome = Swift.Result { () throws(FileError) in try results(of: recordings[index]) }
            outcomes.withLock { $0[index] = outcome }
        }
        var sums = [Result](repeating: Result(score: truth.map { _ in IntervalScore() }), count: settings)
        for index in recordings.indices {
            guard let outcome = outcomes.withLock({ $0[index] }) else { continue }
            for (setting, result) in try outcome.get().enumerated() { sums[setting].add(result) }
        }
        return sums
    }

    private func results(of recording: Recording) throws(FileError) -> [Result] {
        let intervals = try intervals(of: recording)
        let truths = truth?.entries(of: recording.replay.header.source).compactMap(clamped)
        return intervals.map { intervals in
            Result(
                events: intervals.count, seconds: intervals.reduce(0) { $0 + $1.interval.length },
                score: truths.map { Self.score(intervals, $0) })
        }
    }

    private func clamped(_ entry: TruthFile.Entry) -> TruthFile.Entry? {
        var entry = entry
        guard let interval = entry.interval.clamped(from: part.from, to: part.to) else { return nil }
        entry.interval = interval
        return entry
    }

    /// Returns the intervals of the events, for each of the rules.
    private func intervals(of recording: Recording) throws(FileError) -> [[Interval]] {
        var intervals = [[Interval]](repeating: [], count: recording.rules.count)
        let start = recording.replay.header.start
        try recording.replay.run(recording.rules, labels: recording.labels, part: part) { output in
            guard case .event(let event, let rules) = output, event.isEnd else { return }
            intervals[rules].append(Interval(event, start: start))
        }
        return intervals
    }

    /// Compares the events of a recording with the truth: those of the labels that the truth has.
    static func score(_ events: [Interval], _ truths: [TruthFile.Entry]) -> IntervalScore {
        var score = IntervalScore()
        for labels in Set(truths.map(\.labels)).sorted(by: { $0.sorted().lexicographicallyPrecedes($1.sorted()) }) {
            let found = events.filter { labels.isEmpty || !labels.isDisjoint(with: $0.names) }
            let entries = truths.filter { $0.labels == labels }
            // What need not be found is neither right nor wrong.
            let optional = entries.filter(\.isOptional).map(\.interval)
            let needed = entries.filter { !$0.isOptional }.map(\.interval)
            let counted = found.map(\.interval).filter { interval in
                needed.contains { $0.common(with: interval) > 0 }
                    || !optional.contains { $0.common(with: interval) > 0 }
            }
            score.add(events: counted, truths: needed)
        }
        return score
    }
}

extension Sweep.Result {
    mutating func add(_ other: Sweep.Result) {
        events += other.events
        seconds += other.seconds
        guard let more = other.score else { return }
        score?.add(more)
    }
}

extension IntervalScore {
    mutating func add(_ other: IntervalScore) {
        events += other.events
        truths += other.truths
        matched += other.matched
        common += other.common
        union += other.union
    }
}

extension Sweep.Interval {
    /// - Parameter start: time stamp of the first frame, in seconds.
    init(_ event: AnalysisEvent, start: Double) {
        switch event {
        case .label(let event):
            self.init(
                names: Set([event.label, event.group].compactMap { $0 }),
                interval: MediaInterval(
                    start: event.interval.start.media - start, end: event.interval.end.media - start))
        case .object(let event):
            self.init(
                names: Set([event.label, event.group].compactMap { $0 }),
                interval: MediaInterval(
                    start: event.object.start.media - start, end: event.object.lastSeen.media - start))
        }
    }
}
