import Testing

@testable import Events

/// Intervals for sequences of scores, one character a sample.
@Suite(.timeLimit(.minutes(10))) struct EventDetectorTests {
    /// Scores of one label, one sample every tenth of a second, and the resulting changes.
    struct Case: CustomStringConvertible, Sendable {
        var description: String
        /// A digit is a score in tenths; `X` is 1; a space is a time without a sample; `=` is a frame that was not
        /// classified because it equals the last sample.
        var scores: String
        var thresholds = Thresholds(enter: 0.5, leave: 0.3, holdTime: 0.2, clearDelay: 0.3)
        /// `start`, `update` or `end reason`, with the first and last time of the interval in tenths.
        var changes: [String]
    }

    static let cases = [
        Case(description: "scores below the enter threshold start nothing", scores: "0000444400", changes: []),
        Case(description: "a peak that does not hold starts nothing", scores: "0099000000", changes: []),
        Case(
            description: "a score that holds starts an interval at its first sample", scores: "0055500000",
            changes: ["start 2-4", "end cleared 2-4"]),
        Case(description: "a dip below the enter threshold restarts the hold time", scores: "5545500000", changes: []),
        Case(
            description: "between the thresholds an interval goes on", scores: "5553333330000",
            changes: ["start 0-2", "end cleared 0-8"]),
        Case(
            description: "a gap shorter than the clear delay is bridged", scores: "5550055500000",
            changes: ["start 0-2", "end cleared 0-7"]),
        Case(
            description: "a gap as long as the clear delay ends the interval", scores: "555000555000",
            changes: ["start 0-2", "end cleared 0-2", "start 6-8", "end cleared 6-8"]),
        Case(
            description: "an open interval ends with the source", scores: "00777",
            changes: ["start 2-4", "end source_ended 2-4"]),
        Case(
            description: "samples may be missing", scores: "5 5  5     000",
            changes: ["start 0-2", "end cleared 0-5"]),
        Case(
            description: "without hold time one sample is enough", scores: "0090000",
            thresholds: Thresholds(enter: 0.5, leave: 0.3, holdTime: 0, clearDelay: 0.3),
            changes: ["start 2-2", "end cleared 2-2"]),
        Case(
            description: "without clear delay one sample ends it", scores: "990990",
            thresholds: Thresholds(enter: 0.5, leave: 0.3, holdTime: 0, clearDelay: 0),
            changes: ["start 0-0", "end cleared 0-1", "start 3-3", "end cleared 3-4"]),
        Case(
            description: "within the minimum gap nothing starts", scores: "9900999999000",
            thresholds: Thresholds(enter: 0.5, leave: 0.3, holdTime: 0, clearDelay: 0.1, minimumGap: 0.6),
            changes: ["start 0-0", "end cleared 0-1", "start 7-7", "end cleared 7-9"]),
        Case(
            description: "an interval ends at its maximum length, and the next one starts", scores: "99999990",
            thresholds: Thresholds(enter: 0.5, leave: 0.3, holdTime: 0, clearDelay: 0.1, maximumLength: 0.3),
            changes: ["start 0-0", "end max_length 0-3", "start 4-4", "end cleared 4-6"]),
        Case(
            description: "a label cut at its maximum length goes on without the hold time", scores: "99999999000",
            thresholds: Thresholds(enter: 0.5, leave: 0.3, holdTime: 0.2, clearDelay: 0.1, maximumLength: 0.4),
            changes: ["start 0-2", "end max_length 0-4", "start 5-5", "end cleared 5-7"]),
        Case(
            description: "a label cut at its maximum length goes on above the leave threshold", scores: "93333333000",
            thresholds: Thresholds(enter: 0.5, leave: 0.3, holdTime: 0, clearDelay: 0.1, maximumLength: 0.3),
            changes: ["start 0-0", "end max_length 0-3", "start 4-4", "end max_length 4-7"]),
        Case(
            description: "a label cut at its maximum length needs the enter threshold once it was gone",
            scores: "9999033330000",
            thresholds: Thresholds(enter: 0.5, leave: 0.3, holdTime: 0, clearDelay: 0.1, maximumLength: 0.3),
            changes: ["start 0-0", "end max_length 0-3"]),
        Case(
            description: "after its maximum length a label starts again when the minimum gap is over",
            scores: "9999999999000",
            thresholds: Thresholds(
                enter: 0.5, leave: 0.3, holdTime: 0, clearDelay: 0.1, minimumGap: 0.3, maximumLength: 0.3),
            changes: ["start 0-0", "end max_length 0-3", "start 6-6", "end max_length 6-9"]),
        Case(
            description: "a label that is gone in the minimum gap needs the enter threshold and the hold time",
            scores: "9999 03399990",
            thresholds: Thresholds(
                enter: 0.5, leave: 0.3, holdTime: 0.2, clearDelay: 0.1, minimumGap: 0.3, maximumLength: 0.3),
            changes: ["start 0-2", "end max_length 0-3", "start 8-10", "end max_length 8-11"]),
        Case(
            description: "open intervals are updated periodically", scores: "999999900",
            thresholds: Thresholds(enter: 0.5, leave: 0.3, holdTime: 0, clearDelay: 0.2, update: 0.3),
            changes: ["start 0-0", "update 0-3", "update 0-6", "end cleared 0-6"]),
        Case(description: "held frames start nothing without a sample", scores: "000=====", changes: []),
        Case(
            description: "a label whose score is held starts", scores: "09====0000",
            changes: ["start 1-3", "end cleared 1-5"]),
        Case(
            description: "a label goes on while its score is held", scores: "555========0000",
            changes: ["start 0-2", "end cleared 0-10"]),
        Case(
            description: "a label whose low score is held ends", scores: "5550=====",
            changes: ["start 0-2", "end cleared 0-2"]),
        Case(
            description: "held scores between the thresholds go on", scores: "5553====0000",
            changes: ["start 0-2", "end cleared 0-7"]),
        Case(
            description: "an interval ends at its maximum length on a held frame, and the next sample starts another",
            scores: "9==9==99000",
            thresholds: Thresholds(enter: 0.5, leave: 0.3, holdTime: 0, clearDelay: 0.1, maximumLength: 0.3),
            changes: ["start 0-0", "end max_length 0-3", "start 6-6", "end cleared 6-7"]),
        Case(
            description: "held frames update open intervals, too", scores: "9======",
            thresholds: Thresholds(enter: 0.5, leave: 0.3, holdTime: 0, clearDelay: 0.2, update: 0.3),
            changes: ["start 0-0", "update 0-3", "update 0-6", "end source_ended 0-6"]),
        Case(
            description: "a score of exactly the threshold counts", scores: "55533300000",
            changes: ["start 0-2", "end cleared 0-5"]),
    ]

    @Test(arguments: cases)
    func scoresBecomeIntervals(_ example: Case) {
        var detector = EventDetector(targets: [LabelTarget(classes: [0], group: nil, thresholds: example.thresholds)])
        var changes: [EventDetector.Change] = []
        for (tenth, letter) in example.scores.enumerated() where letter != " " {
            guard letter != "=" else {
                changes += detector.hold(at: Double(tenth) / 10)
                continue
            }
            let score = letter == "X" ? 1 : Float(letter.wholeNumberValue ?? 0) / 10
            changes += detector.observe(scores: [score], at: Double(tenth) / 10)
        }
        changes += detector.finish(.sourceEnded)
        #expect(changes.map(Self.describe) == example.changes)
    }

    @Test func theOffsetOfTheTimeStampsDoesNotMatter() {
        for offset in [-3600.0, 0.123, 10, 1e6] {
            var detector = EventDetector(targets: [LabelTarget(classes: [0], group: nil, thresholds: Thresholds())])
            var changes: [EventDetector.Change] = []
            for sample in 0..<50 {
                changes += detector.observe(scores: [sample < 20 ? 0.9 : 0], at: offset + Double(sample) * 0.2)
            }
            #expect(changes.count == 2, "\(offset)")
            guard case .ended(let interval, .cleared) = changes.last else {
                Issue.record("no end")
                return
            }
            #expect(abs(interval.start.monotonic - offset) < 1e-6)
            #expect(abs(interval.duration - 3.8) < 1e-6)
            #expect(interval.samples == 20)
        }
    }

    @Test func timeStampsRoundedToMillisecondsHoldAsLong() {
        // Thirty frames a second in a container with time stamps in milliseconds: 0, 33, 67, 100 …
        var detector = EventDetector(
            targets: [LabelTarget(classes: [0], group: nil, thresholds: Thresholds(holdTime: 0.1, clearDelay: 0.1))])
        var started: [Int] = []
        for sample in 0..<10 {
            let time = (Double(sample) / 30 * 1000).rounded() / 1000
            let changes = detector.observe(scores: [1], at: time)
            if !changes.isEmpty { started.append(sample) }
        }
        #expect(started == [3])
    }

    @Test func timeThatRunsBackwardsEndsOpenIntervals() {
        var detector = EventDetector(
            targets: [LabelTarget(classes: [0], group: nil, thresholds: Thresholds(holdTime: 0, clearDelay: 1))])
        var changes = detector.observe(scores: [1], at: 3600)
        changes += detector.observe(scores: [1], at: 3601)
        changes += detector.observe(scores: [1], at: 0)
        changes += detector.observe(scores: [0], at: 2)
        #expect(
            changes.map(Self.describe) == [
                "start 36000-36000", "end source_lost 36000-36010", "start 0-0", "end cleared 0-0",
            ])
    }

    @Test func peakMeanAndCountAreOfTheSamplesAboveTheLeaveThreshold() {
        var detector = EventDetector(
            targets: [
                LabelTarget(
                    classes: [0], group: nil,
                    thresholds: Thresholds(enter: 0.5, leave: 0.25, holdTime: 0, clearDelay: 0.2))
            ])
        var changes: [EventDetector.Change] = []
        for (tenth, score) in [0.5, 1, 0.75, 0, 0].enumerated() {
            changes += detector.observe(scores: [Float(score)], at: Double(tenth) / 10)
        }
        guard case .ended(let interval, _) = changes.last else {
            Issue.record("no end")
            return
        }
        #expect(interval.peak == 1)
        #expect(interval.mean == 0.75)
        #expect(interval.samples == 3)
        #expect(interval.score == 0.75)
    }

    @Test func heldFramesAreNoSamples() {
        var detector = EventDetector(targets: [
            LabelTarget(classes: [0], group: nil, thresholds: Thresholds(clearDelay: 0.2))
        ])
        _ = detector.observe(scores: [0.5], at: 0)
        _ = detector.observe(scores: [1], at: 0.5)
        for frame in 0..<100 { _ = detector.hold(at: 1 + Double(frame) / 2) }
        let interval = detector.present.first
        #expect(interval?.samples == 2)
        #expect(interval?.mean == 0.75)
        #expect(interval?.peak == 1)
        #expect(interval?.duration == 50.5, "yet it goes on")
    }

    /// Samples as in ``Case``, at the default thresholds, and whether the frame after them should be a sample.
    @Test(arguments: [
        ("", true), ("0", false), ("0=", false),
        ("9", true), ("9=", true), ("99", false), ("90", false),  // it rises
        ("9999", false), ("9999=", false), ("99990", true), ("99990=", true), ("999900", false), ("99990=0", false),
        ("999903", false), ("9999000000000000000000", false),
    ])
    func anIntervalBasedOnOneSampleWantsAnother(_ scores: String, _ wants: Bool) {
        var detector = EventDetector(targets: [
            LabelTarget(classes: [0], group: nil, thresholds: Thresholds(holdTime: 0.3))
        ])
        for (tenth, letter) in scores.enumerated() {
            if letter == "=" {
                _ = detector.hold(at: Double(tenth) / 10)
            } else {
                _ = detector.observe(scores: [Float(letter.wholeNumberValue ?? 0) / 10], at: Double(tenth) / 10)
            }
        }
        #expect(detector.wantsSample == wants)
    }

    @Test func anIntervalThatMayStartAgainWantsASample() {
        let thresholds = Thresholds(holdTime: 0, clearDelay: 0, minimumGap: 1, maximumLength: 1)
        var detector = EventDetector(targets: [LabelTarget(classes: [0], group: nil, thresholds: thresholds)])
        _ = detector.observe(scores: [1], at: 0)
        #expect(detector.hold(at: 1).map(Self.describe) == ["end max_length 0-10"])
        #expect(!detector.wantsSample, "the minimum gap is not over")
        _ = detector.hold(at: 2)
        #expect(detector.wantsSample)
        _ = detector.finish(.sourceLost)
        #expect(detector.wantsSample, "there is no sample yet")
    }

    @Test func theScoresOfAGroupAddUpAndItsStrongestLabelLeads() {
        let group = LabelTarget(
            classes: [0, 2], group: "cat", thresholds: Thresholds(enter: 0.8, leave: 0.5, holdTime: 0, clearDelay: 0))
        var detector = EventDetector(targets: [group])
        #expect(detector.observe(scores: [0.5, 0.9, 0.25], at: 0).isEmpty)
        guard case .started(let start) = detector.observe(scores: [0.5, 0, 0.375], at: 1).first else {
            Issue.record("no start")
            return
        }
        #expect(start.score == 0.875)
        #expect(start.leadingClass == 0)
        _ = detector.observe(scores: [0.125, 0, 0.875], at: 2)
        guard case .ended(let end, _) = detector.observe(scores: [0, 1, 0], at: 3).first else {
            Issue.record("no end")
            return
        }
        #expect(end.leadingClass == 1)
    }

    @Test func endsPrecedeStarts() {
        let thresholds = Thresholds(holdTime: 0, clearDelay: 0)
        var detector = EventDetector(
            targets: (0..<2).map { LabelTarget(classes: [$0], group: nil, thresholds: thresholds) })
        _ = detector.observe(scores: [0, 1], at: 0)
        #expect(detector.observe(scores: [1, 0], at: 1).map(Self.describe) == ["end cleared 0-0", "start 10-10"])
    }

    private static func describe(_ change: EventDetector.Change) -> String {
        func span(_ interval: LabelInterval) -> String {
            "\(Int((interval.start.monotonic * 10).rounded()))-\(Int((interval.end.monotonic * 10).rounded()))"
        }
        return switch change {
        case .started(let interval): "start \(span(interval))"
        case .updated(let interval): "update \(span(interval))"
        case .ended(let interval, let reason): "end \(reason.rawValue) \(span(interval))"
        }
    }
}

/// Pauses between samples.
@Suite(.timeLimit(.minutes(10))) struct PauseTests {
    private static func detector() -> EventDetector {
        EventDetector(targets: [
            LabelTarget(
                classes: [0], group: nil, thresholds: Thresholds(enter: 0.5, leave: 0.3, holdTime: 0.2, clearDelay: 2))
        ])
    }

    @Test func openIntervalsEndAfterAPauseOfHours() {
        var detector = Self.detector()
        var changes: [EventDetector.Change] = []
        for time in [0, 0.2, 0.4, 36_000.6, 36_000.8, 36_001] { changes += detector.observe(scores: [0.9], at: time) }
        let kinds = changes.map { change in
            switch change {
            case .started(let interval): "start \(interval.start.media)"
            case .ended(let interval, let reason): "end \(interval.end.media) \(reason.rawValue)"
            case .updated: "update"
            }
        }
        #expect(kinds == ["start 0.0", "end 0.4 cleared", "start 36000.6"])
    }

    @Test func twoSamplesHoursApartStartNothing() {
        var detector = Self.detector()
        let changes = detector.observe(scores: [0.9], at: 0) + detector.observe(scores: [0.9], at: 36_000)
        #expect(changes.isEmpty)
    }

    @Test func oneSampleAMinuteIsNoPause() {
        var detector = Self.detector()
        var changes: [EventDetector.Change] = []
        for minute in 0..<60 { changes += detector.observe(scores: [0.9], at: 60 * Double(minute)) }
        #expect(changes.count <= 3, "the first pause cannot be told from a habit")
    }
}

extension EventDetector {
    /// Adds a sample of a recording.
    fileprivate mutating func observe(scores: [Float], at time: Double) -> [Change] {
        observe(scores: scores, at: SampleTime(media: time, epoch: Timestamp(milliseconds: 0)))
    }

    /// Adds a frame of a recording that is not classified.
    fileprivate mutating func hold(at time: Double) -> [Change] {
        hold(at: SampleTime(media: time, epoch: Timestamp(milliseconds: 0)))
    }
}
