/// Turns scores into sightings: what is there, from when to when.
///
/// It is a value without a clock: time comes with the samples. The same samples always give the same
/// sightings, whether they come from a camera or a recording, fast or slowly.
///
/// For each subject it is a Schmitt trigger with delays: the score has to stay at the enter threshold or
/// above for the hold time to begin a sighting, and below the leave threshold for the gone time to end it.
package struct EventDetector: Sendable {
    /// What happened to a sighting.
    package enum Change: Equatable, Sendable {
        case started(LabelInterval)
        /// It goes on, and it is time to say so.
        case updated(LabelInterval)
        case ended(LabelInterval, EndReason)
    }

    /// What is known of a subject.
    private enum State {
        /// It is not there, and may not begin before a time.
        case absent(until: Double)
        /// It may be there; it has not been there for long enough.
        case rising(LabelInterval)
        /// It is there; when it was mentioned last, and the number of samples below the leave threshold since it was
        /// seen last.
        case present(LabelInterval, mentioned: Double, misses: Int)
    }

    /// What is looked for.
    package let targets: [LabelTarget]
    private var states: [State]
    private var lastTime: Double?
    /// How long the time between the last two samples was.
    private var lastInterval = 0.0
    /// The scores of the last sample; empty before the first.
    private var lastScores: [Float] = []
    /// Sightings so far, with those that came to nothing.
    private var count = 0

    /// Time stamps are rounded to the units of their container, the coarsest of which is a millisecond:
    /// a time that is as long as another, up to that, is as long.
    private static let slack = 0.0015
    /// A pause between samples that is not longer than this is bridged, in seconds.
    private static let longestPause = 30.0

    package init(targets: [LabelTarget]) {
        self.targets = targets
        states = Array(repeating: .absent(until: -.infinity), count: targets.count)
    }

    /// Takes a sample.
    ///
    /// - Parameters:
    ///   - scores: one for each class of the network.
    ///   - time: when it was taken. If its monotonic clock runs backwards, everything that is being seen ends,
    ///     and time begins anew.
    /// - Returns: what has changed, ends first.
    package mutating func observe(scores: [Float], at time: SampleTime) -> [Change] {
        var changes = advance(to: time)
        lastScores = scores
        for index in targets.indices {
            observe(index, Sample(targets[index], scores: scores), at: time, into: &changes)
        }
        return changes.filter(\.isEnd) + changes.filter { !$0.isEnd }
    }

    /// Takes a frame that shows what the last sample showed, and was not classified.
    ///
    /// Time goes on: what is there stays, what is about to start or to end does so. The frame is no sample: it changes
    /// no score, no mean and no count.
    ///
    /// - Parameter time: as for ``observe(scores:at:)``.
    /// - Returns: what has changed, ends first.
    package mutating func hold(at time: SampleTime) -> [Change] {
        var changes = advance(to: time)
        for index in targets.indices { hold(index, at: time, into: &changes) }
        return changes.filter(\.isEnd) + changes.filter { !$0.isEnd }
    }

    /// Whether the next frame should be a sample even if it shows what the last one showed: nothing is known yet, or a
    /// label is about to start or to end on the word of a single sample.
    package var wantsSample: Bool {
        guard !lastScores.isEmpty else { return true }
        return targets.indices.contains { index in
            switch states[index] {
            case .absent(let until):
                isSeen(index) && (lastTime ?? until) >= until - Self.slack
            case .rising(let interval): interval.samples == 1
            case .present(_, _, let misses): misses == 1
            }
        }
    }

    /// Whether the last sample reached the enter threshold of a subject.
    private func isSeen(_ index: Int) -> Bool {
        Sample(targets[index], scores: lastScores).score >= targets[index].thresholds.enter
    }

    private mutating func advance(to time: SampleTime) -> [Change] {
        var changes: [Change] = []
        if let lastTime {
            let elapsed = time.monotonic - lastTime
            if elapsed < -Self.slack { changes += finish(.sourceLost) }
            if elapsed > max(Self.longestPause, 10 * lastInterval) { changes += bridge() }
            lastInterval = max(0, elapsed)
        }
        lastTime = time.monotonic
        return changes
    }

    /// After a pause that is much longer than usual nobody knows what was there meanwhile: what would have
    /// been gone by then is gone.
    private mutating func bridge() -> [Change] {
        var changes: [Change] = []
        for index in states.indices {
            if case .present(let interval, _, _) = states[index] { end(index, interval, .cleared, into: &changes) }
            if case .rising = states[index] { states[index] = .absent(until: -.infinity) }
        }
        return changes
    }

    /// What is being seen.
    package var present: [LabelInterval] {
        states.compactMap { state in
            if case .present(let interval, _, _) = state { interval } else { nil }
        }
    }

    /// Ends everything that is being seen.
    package mutating func finish(_ reason: EndReason) -> [Change] {
        var changes: [Change] = []
        for index in states.indices {
            if case .present(let interval, _, _) = states[index] { changes.append(.ended(interval, reason)) }
            states[index] = .absent(until: -.infinity)
        }
        lastTime = nil
        lastInterval = 0
        lastScores = []
        return changes
    }

    private mutating func observe(_ index: Int, _ sample: Sample, at time: SampleTime, into changes: inout [Change]) {
        let thresholds = targets[index].thresholds
        switch states[index] {
        case .absent(let until):
            guard sample.score >= thresholds.enter, time.monotonic >= until - Self.slack else { return }
            begin(index, LabelInterval(target: index, number: count, time: time, sample), at: time, into: &changes)
            count += 1
        case .rising(var interval):
            guard sample.score >= thresholds.enter else { return states[index] = .absent(until: -.infinity) }
            interval.extend(to: time, sample)
            begin(index, interval, at: time, into: &changes)
        case .present(var interval, let mentioned, let misses):
            if sample.score >= thresholds.leave {
                interval.extend(to: time, sample)
                goOn(index, interval, mentioned: mentioned, at: time, into: &changes)
            } else {
                states[index] = .present(interval, mentioned: mentioned, misses: misses + 1)
                endIfGone(index, interval, at: time, into: &changes)
            }
        }
    }

    private mutating func hold(_ index: Int, at time: SampleTime, into changes: inout [Change]) {
        switch states[index] {
        case .absent: return
        case .rising(var interval):
            interval.hold(to: time)
            begin(index, interval, at: time, into: &changes)
        case .present(var interval, let mentioned, let misses):
            guard misses == 0 else { return endIfGone(index, interval, at: time, into: &changes) }
            interval.hold(to: time)
            goOn(index, interval, mentioned: mentioned, at: time, into: &changes)
        }
    }

    private mutating func endIfGone(
        _ index: Int, _ interval: LabelInterval, at time: SampleTime, into changes: inout [Change]
    ) {
        guard time.monotonic - interval.end.monotonic >= targets[index].thresholds.clearDelay - Self.slack else {
            return
        }
        end(index, interval, .cleared, into: &changes)
    }

    /// Starts a sighting if it has held for long enough.
    private mutating func begin(
        _ index: Int, _ interval: LabelInterval, at time: SampleTime, into changes: inout [Change]
    ) {
        states[index] = .rising(interval)
        guard time.monotonic - interval.start.monotonic >= targets[index].thresholds.holdTime - Self.slack else {
            return
        }
        states[index] = .present(interval, mentioned: time.monotonic, misses: 0)
        changes.append(.started(interval))
    }

    private mutating func goOn(
        _ index: Int, _ interval: LabelInterval, mentioned: Double, at time: SampleTime, into changes: inout [Change]
    ) {
        let thresholds = targets[index].thresholds
        states[index] = .present(interval, mentioned: mentioned, misses: 0)
        if let longest = thresholds.maximumLength, interval.duration >= longest - Self.slack {
            end(index, interval, .maximumLength, into: &changes)
        } else if let period = thresholds.update, time.monotonic - mentioned >= period - Self.slack {
            states[index] = .present(interval, mentioned: time.monotonic, misses: 0)
            changes.append(.updated(interval))
        }
    }

    private mutating func end(
        _ index: Int, _ interval: LabelInterval, _ reason: EndReason, into changes: inout [Change]
    ) {
        states[index] = .absent(until: interval.end.monotonic + targets[index].thresholds.minimumGap)
        changes.append(.ended(interval, reason))
    }
}

extension EventDetector.Change {
    fileprivate var isEnd: Bool {
        if case .ended = self { true } else { false }
    }
}
