import Capture
import Testing

@testable import Watch

/// When a source is tried again, by what went wrong.
@Suite(.timeLimit(.minutes(10))) struct RetryScheduleTests {
    private static let refused = SourceError.refused(status: 401, "login refused: 401")
    private static let gone = SourceError.unreachable("connection refused")

    private static func schedule() -> RetrySchedule {
        let policy = BackOff.Policy(first: 1, factor: 2, longest: 4, jitter: 0.25)
        return RetrySchedule(firstConnect: policy, reconnect: policy)
    }

    @Test func aRefusedLoginWaitsHalfAMinuteAndThenTwiceAsLongUpToTenMinutes() {
        var schedule = Self.schedule()
        let waits = (0..<7).map { _ in schedule.failed(Self.refused, chance: 1).wait }
        #expect(waits == [30, 60, 120, 240, 480, 600, 600], "chance does not shorten it")
    }

    @Test func anHourOfAWrongPasswordIsTenLogins() {
        var schedule = Self.schedule()
        var (time, logins) = (0.0, 0)
        while time < 3600 {
            logins += 1
            time += schedule.failed(Self.refused, chance: .random(in: 0...1)).wait
        }
        #expect(logins == 10)
    }

    @Test func theReasonSaysWhenTheNextLoginIs() {
        var schedule = Self.schedule()
        let reasons = (0..<3).map { _ in schedule.failed(Self.refused, chance: 0).reason }
        #expect(
            reasons
                == ["30 s", "1 min", "2 min"].map {
                    "login refused: 401; next login in \($0), or at once after a reload"
                })
        #expect(schedule.failed(Self.gone, chance: 0).reason == "connection refused")
    }

    @Test func otherFailuresInBetweenDoNotMakeItForget() {
        var schedule = Self.schedule()
        _ = schedule.failed(Self.refused, chance: 0)
        #expect(schedule.isRefused)
        #expect(schedule.failed(Self.gone, chance: 0).wait == 1)
        #expect(!schedule.isRefused)
        #expect(schedule.failed(Self.refused, chance: 0).wait == 60)
    }

    @Test func aFrameOrAResetMakesItForget() {
        for forget in [{ $0.delivered() }, { $0.reset() }] as [(inout RetrySchedule) -> Void] {
            var schedule = Self.schedule()
            for _ in 0..<4 { _ = schedule.failed(Self.refused, chance: 0) }
            forget(&schedule)
            #expect(!schedule.isRefused)
            #expect(schedule.failed(Self.refused, chance: 0).wait == 30)
        }
    }
}
