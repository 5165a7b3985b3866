import Testing

@testable import Events

/// The two records of an outage, and of a freeze, have one id whatever the wall clock does between them.
@Suite(.timeLimit(.minutes(10))) struct SourceEventComposerTests {
    struct Case: CustomStringConvertible, Sendable {
        var description: String
        /// The wall clock, by the monotonic clock.
        var wall: @Sendable (Double) -> Double
    }

    private static let epoch = 1_795_382_000.0

    static let cases = [
        Case(description: "a monotonic clock") { epoch + $0 },
        Case(description: "a clock that is slewed by 500 ppm") { epoch + $0 * 1.0005 },
        Case(description: "a clock that is slewed by -500 ppm") { epoch + $0 * 0.9995 },
        Case(description: "a clock that is put forward by an hour") { epoch + $0 + ($0 < 130 ? 0 : 3600) },
        Case(description: "a clock that is put back by an hour") { epoch + $0 - ($0 < 130 ? 0 : 3600) },
        Case(description: "1970 at boot, then set right") { $0 < 130 ? $0 : epoch + $0 },
        Case(description: "a machine that slept for a night") { epoch + $0 + ($0 < 130 ? 0 : 30_000) },
    ]

    /// An outage from 100 to 160, reported at 103, by the monotonic clock.
    @Test(arguments: cases)
    func sourceFoundKeepsTheIdOfItsSourceLost(_ clock: Case) {
        var composer = SourceEventComposer(source: "door")
        let lost = composer.lost(since: 100, reason: "closed", now: Self.now(103, clock))
        let found = composer.found(since: 100, after: 60, now: Self.now(160, clock))
        #expect(found.id == lost.id)
        #expect(found.kind == .found(after: 60), "by the monotonic clock")
        #expect(found.time == Timestamp(seconds: clock.wall(160)), "by the wall clock of its own time")
        #expect(abs(lost.time.milliseconds - Timestamp(seconds: clock.wall(100)).milliseconds) <= 2)
    }

    @Test(arguments: cases)
    func sourceThawedKeepsTheIdOfItsSourceFrozen(_ clock: Case) {
        var composer = SourceEventComposer(source: "door")
        let frozen = composer.frozen(since: 100, now: Self.now(160, clock))
        // An outage meanwhile has an id of its own.
        let lost = composer.lost(since: 100, reason: "closed", now: Self.now(162, clock))
        let found = composer.found(since: 100, after: 65, now: Self.now(165, clock))
        let thawed = composer.thawed(since: 100, after: 70, now: Self.now(170, clock))
        #expect(thawed.id == frozen.id && found.id == lost.id && lost.id != frozen.id)
        #expect(thawed.kind == .thawed(after: 70))
    }

    @Test func eachOutageHasItsOwnId() {
        var composer = SourceEventComposer(source: "door")
        let ids = [100.0, 200, 300].map { time in
            let lost = composer.lost(since: time, reason: "closed", now: Self.now(time + 3, Self.cases[1]))
            #expect(composer.found(since: time, after: 50, now: Self.now(time + 50, Self.cases[1])).id == lost.id)
            return lost.id
        }
        #expect(Set(ids).count == 3)
    }

    @Test func stepsOfBothClocksAtOnceAreTwoEvents() {
        let composer = SourceEventComposer(source: "door")
        let steps = [SourceEvent.ClockStepCause.source, .wallClock].map {
            composer.clockStep(seconds: 5, cause: $0, now: Self.now(100, Self.cases[0]))
        }
        #expect(steps[0].id != steps[1].id)
    }

    @Test func recordsOfAFreeze() {
        var composer = SourceEventComposer(source: "door")
        let now = SourceEventComposer.Instant(monotonic: 160, wall: Self.epoch)
        let frozen = composer.frozen(since: 100, now: now)
        let id = frozen.id.description
        #expect(
            String(decoding: frozen.line(sequence: 7).line, as: UTF8.self)
                == #"{"v":1,"seq":7,"time":"2026-11-22T21:12:20.000Z","type":"source_frozen","id":"\#(id)","source":"door"}"#
                + "\n")
        let thawed = composer.thawed(since: 100, after: 75.5, now: now)
        #expect(
            String(decoding: thawed.line(sequence: 8).line, as: UTF8.self)
                == #"{"v":1,"seq":8,"time":"2026-11-22T21:13:35.500Z","type":"source_thawed","id":"\#(id)","source":"door","duration":75.5}"#
                + "\n")
        #expect(EventLine(frozen, sequence: 7).topic == EventTopic(type: "source_frozen", source: "door"))
    }

    private static func now(_ time: Double, _ clock: Case) -> SourceEventComposer.Instant {
        SourceEventComposer.Instant(monotonic: time, wall: clock.wall(time))
    }
}
