/// Turns the scores of samples into label intervals, by hysteresis.
///
/// A value without a clock: the time is an argument. The same samples always give the same intervals, from a camera
/// or a recording, at any speed.
///
/// Each target has a Schmitt trigger with delays. An interval begins when the score has stayed at or above the enter
/// threshold for the hold time. It ends when the score has stayed below the leave threshold for the clear delay.
package struct EventDetector: Sendable {
    /// A change of a label interval.
    package enum Change: Equatable, Sendable {
        case started(LabelInterval)
        /// A periodic update of an interval that goes on.
        case updated(LabelInterval)
        case ended(LabelInterval, EndReason)
    }

    /// State of the trigger of one target.
    private enum State {
        /// No interval is open, and none may begin before a time. `resumes` if the last interval was ended by its
        /// maximum length and the score has not been below the leave threshold since.
        case inactive(until: Double, resumes: Bool = false)
        /// The score is above the enter threshold, but not yet for the hold time.
        case rising(LabelInterval)
        /// An interval is open. `lastUpdate` is the time of its last event record; `misses` counts the samples below
        /// the leave threshold since the last one at or above it.
        case active(LabelInterval, lastUpdate: Double, misses: Int)
    }

    /// Target labels and label groups.
    package let targets: [LabelTarget]
    private var states: [State]
    private var lastTime: Double?
    /// Seconds between the last two samples.
    private var lastInterval = 0.0
    /// Scores of the last sample; empty before the first.
    private var lastScores: [Float] = []
    /// Number of intervals so far, including those that did not hold.
    private var intervalCount = 0

    /// Tolerance of comparisons of times, in seconds. Containers round time stamps to their units, the coarsest of
    /// which is a millisecond.
    private static let timeTolerance = 0.0015
    /// Longest pause between samples over which intervals stay open, in seconds.
    private static let longestBridgedPause = 30.0

    /// - Parameter targets: the index of a target is ``LabelInterval/target``.
    package init(targets: [LabelTarget]) {
        self.targets = targets
        states = Array(repeating: .inactive(until: -.infinity), count: targets.count)
    }

    /// Adds a sample.
    ///
    /// - Parameters:
    ///   - scores: one for each class of the network.
    ///   - time: time of the sample. If the monotonic time runs backwards, all open intervals end with the reason
    ///     `source_lost`, and the detector starts over.
    /// - Returns: the changes, ends first.
    package mutating func observe(scores: [Float], at time: SampleTime) -> [Change] {
        var changes = advance(to: time)
        lastScores = scores
        for index in targets.indices {
            observe(index, Sample(targets[index], scores: scores), at: time, into: &changes)
        }
        return changes.filter(\.isEnd) + changes.filter { !$0.isEnd }
    }

    /// Adds a frame that was not classified because it equals the last sample.
    ///
    /// Time advances: open intervals go on, and delays elapse. The frame is not a sample: it changes no score, no mean
    /// and no count.
    ///
    /// - Parameter time: as for ``observe(scores:at:)``.
    /// - Returns: the changes, ends first.
    package mutating func hold(at time: SampleTime) -> [Change] {
        var changes = advance(to: time)
        for index in targets.indices { hold(index, at: time, into: &changes) }
        return changes.filter(\.isEnd) + changes.filter { !$0.isEnd }
    }

    /// Whether the next frame should be classified even if it equals the last sample: there is no sample yet, or an
    /// interval would begin or end because of a single sample.
    package var wantsSample: Bool {
        guard !lastScores.isEmpty else { return true }
        return targets.indices.contains { index in
            switch states[index] {
            case .inactive(let until, let resumes):
                lastSampleReaches(enterThreshold(index, resumes: resumes), index)
                    && (lastTime ?? until) >= until - Self.timeTolerance
            case .rising(let interval): interval.samples == 1
            case .active(_, _, let misses): misses == 1
            }
        }
    }

    private func lastSampleReaches(_ threshold: Double, _ index: Int) -> Bool {
        Sample(targets[index], scores: lastScores).score >= threshold
    }

    /// Score at which an interval begins. A label that was cut at its maximum length is still there as long as its
    /// score does not fall below the leave threshold.
    private func enterThreshold(_ index: Int, resumes: Bool) -> Double {
        let thresholds = targets[index].thresholds
        return resumes ? thresholds.leave : thresholds.enter
    }

    private mutating func advance(to time: SampleTime) -> [Change] {
        var changes: [Change] = []
        if let lastTime {
            let elapsed = time.monotonic - lastTime
            if elapsed < -Self.timeTolerance { changes += finish(.sourceLost) }
            if elapsed > max(Self.longestBridgedPause, 10 * lastInterval) { changes += clearAfterPause() }
            lastInterval = max(0, elapsed)
        }
        lastTime = time.monotonic
        return changes
    }

    /// Ends all open intervals with the reason `cleared`. After a pause that is much longer than usual it is unknown
    /// whether the labels stayed.
    private mutating func clearAfterPause() -> [Change] {
        var changes: [Change] = []
        for index in states.indices {
            switch states[index] {
            case .active(let interval, _, _): end(index, interval, .cleared, into: &changes)
            case .rising: states[index] = .inactive(until: -.infinity)
            case .inactive(let until, _): states[index] = .inactive(until: until)
            }
        }
        return changes
    }

    /// Open intervals.
    package var present: [LabelInterval] {
        states.compactMap { state in
            if case .active(let interval, _, _) = state { interval } else { nil }
        }
    }

    /// Ends all open intervals, and starts over.
    package mutating func finish(_ reason: EndReason) -> [Change] {
        var changes: [Change] = []
        for index in states.indices {
            if case .active(let interval, _, _) = states[index] { changes.append(.ended(interval, reason)) }
            states[index] = .inactive(until: -.infinity)
        }
        lastTime = nil
        lastInterval = 0
        lastScores = []
        return changes
    }

    // MARK: - One target

    private mutating func observe(_ index: Int, _ sample: Sample, at time: SampleTime, into changes: inout [Change]) {
        let thresholds = targets[index].thresholds
        switch states[index] {
        case .inactive(let until, let resumes):
            observeInactive(index, sample, at: time, until: until, resumes: resumes, into: &changes)
        case .rising(var interval):
            guard sample.score >= thresholds.enter else { return states[index] = .inactive(until: -.infinity) }
            interval.extend(to: time, sample)
            startIfHeld(index, interval, at: time, into: &changes)
        case .active(var interval, let lastUpdate, let misses):
            if sample.score >= thresholds.leave {
                interval.extend(to: time, sample)
                continueInterval(index, interval, lastUpdate: lastUpdate, at: time, into: &changes)
            } else {
                states[index] = .active(interval, lastUpdate: lastUpdate, misses: misses + 1)
                endIfCleared(index, interval, at: time, into: &changes)
            }
        }
    }

    private mutating func observeInactive(
        _ index: Int, _ sample: Sample, at time: SampleTime, until: Double, resumes: Bool,
        into changes: inout [Change]
    ) {
        let resumes = resumes && sample.score >= targets[index].thresholds.leave
        states[index] = .inactive(until: until, resumes: resumes)
        guard sample.score >= enterThreshold(index, resumes: resumes), time.monotonic >= until - Self.timeTolerance
        else { return }
        let interval = LabelInterval(target: index, ordinal: intervalCount, time: time, sample)
        intervalCount += 1
        if resumes {
            start(index, interval, at: time, into: &changes)
        } else {
            startIfHeld(index, interval, at: time, into: &changes)
        }
    }

    private mutating func hold(_ index: Int, at time: SampleTime, into changes: inout [Change]) {
        switch states[index] {
        case .inactive: return
        case .rising(var interval):
            interval.hold(to: time)
            startIfHeld(index, interval, at: time, into: &changes)
        case .active(var interval, let lastUpdate, let misses):
            guard misses == 0 else { return endIfCleared(index, interval, at: time, into: &changes) }
            interval.hold(to: time)
            continueInterval(index, interval, lastUpdate: lastUpdate, at: time, into: &changes)
        }
    }

    private mutating func endIfCleared(
        _ index: Int, _ interval: LabelInterval, at time: SampleTime, into changes: inout [Change]
    ) {
        let delay = targets[index].thresholds.clearDelay
        guard time.monotonic - interval.end.monotonic >= delay - Self.timeTolerance else { return }
        end(index, interval, .cleared, into: &changes)
    }

    /// Starts an interval if its score has held for the hold time.
    private mutating func startIfHeld(
        _ index: Int, _ interval: LabelInterval, at time: SampleTime, into changes: inout [Change]
    ) {
        states[index] = .rising(interval)
        let holdTime = targets[index].thresholds.holdTime
        guard time.monotonic - interval.start.monotonic >= holdTime - Self.timeTolerance else { return }
        start(index, interval, at: time, into: &changes)
    }

    private mutating func start(
        _ index: Int, _ interval: LabelInterval, at time: SampleTime, into changes: inout [Change]
    ) {
        states[index] = .active(interval, lastUpdate: time.monotonic, misses: 0)
        changes.append(.started(interval))
    }

    private mutating func continueInterval(
        _ index: Int, _ interval: LabelInterval, lastUpdate: Double, at time: SampleTime, into changes: inout [Change]
    ) {
        let thresholds = targets[index].thresholds
        states[index] = .active(interval, lastUpdate: lastUpdate, misses: 0)
        if let longest = thresholds.maximumLength, interval.duration >= longest - Self.timeTolerance {
            end(index, interval, .maximumLength, into: &changes)
        } else if let period = thresholds.update, time.monotonic - lastUpdate >= period - Self.timeTolerance {
            states[index] = .active(interval, lastUpdate: time.monotonic, misses: 0)
            changes.append(.updated(interval))
        }
    }

    private mutating func end(
        _ index: Int, _ interval: LabelInterval, _ reason: EndReason, into changes: inout [Change]
    ) {
        let earliestStart = interval.end.monotonic + targets[index].thresholds.minimumGap
        states[index] = .inactive(until: earliestStart, resumes: reason == .maximumLength)
        changes.append(.ended(interval, reason))
    }
}

extension EventDetector.Change {
    fileprivate var isEnd: Bool {
        if case .ended = self { true } else { false }
    }
}
