import Testing

@testable import Watch

/// When sources of one server log in, by what has become of the logins before.
@Suite(.timeLimit(.minutes(10))) struct LoginBackOffTests {
    /// What happens, and what is to come of it.
    private enum Step {
        case ask(String, Double, LoginBackOff.Answer)
        case refuse(String, Double, until: Double)
        case accept
        case fail(String)
        case reset
    }

    private static func run(_ steps: [Step]) {
        var login = LoginBackOff()
        for (place, step) in steps.enumerated() {
            switch step {
            case .ask(let source, let time, let answer): #expect(login.ask(source, at: time) == answer, "step \(place)")
            case .refuse(let source, let time, let end):
                #expect(login.refuse(source, "401", at: time) == end, "step \(place)")
            case .accept: login.accept()
            case .fail(let source): login.fail(source)
            case .reset: login.reset()
            }
        }
    }

    private static func refused(_ end: Double) -> LoginBackOff.Answer { .refused(until: end, reason: "401") }

    @Test func theFirstOneTriesAloneAndAllFollowWhenItIsLetIn() {
        Self.run([
            .ask("a", 0, .proceed), .ask("b", 0.1, .hold(until: 5)), .ask("c", 0.2, .hold(until: 5)), .accept,
            .ask("b", 1, .proceed), .ask("c", 1, .proceed), .ask("a", 9, .proceed), .ask("d", 9, .proceed),
        ])
    }

    @Test func whatIsRefusedIsTriedByOneAfterThirtySecondsAndThenTwiceAsLong() {
        Self.run([
            .ask("a", 0, .proceed), .refuse("a", 1, until: 31), .ask("b", 1, Self.refused(31)),
            .ask("c", 30.9, Self.refused(31)), .ask("b", 31, .proceed), .ask("a", 31, .hold(until: 36)),
            .ask("c", 31, .hold(until: 36)), .refuse("b", 32, until: 92), .ask("a", 36, Self.refused(92)),
            .ask("a", 92, .proceed), .refuse("a", 92, until: 212), .ask("c", 212, .proceed),
            .ask("a", 212, .hold(until: 217)),
            .accept, .ask("a", 213, .proceed), .ask("b", 213, .proceed), .refuse("b", 220, until: 250),
        ])
    }

    @Test func noWaitIsLongerThanTenMinutes() {
        var login = LoginBackOff()
        var (time, logins) = (0.0, 0)
        while time < 3600 {
            #expect(login.ask("channel \(logins % 16)", at: time) == .proceed)
            time = login.refuse("channel \(logins % 16)", "401", at: time)
            logins += 1
        }
        #expect(logins == 10, "of sixteen channels, in an hour")
    }

    @Test func refusalsOfLoginsThatWereUnderWayTogetherCountOnce() {
        Self.run([
            .ask("a", 0, .proceed), .accept, .ask("a", 50, .proceed), .ask("b", 50, .proceed),
            .refuse("a", 51, until: 81), .refuse("b", 52, until: 81), .ask("a", 81, .proceed),
            .refuse("a", 82, until: 142),
        ])
    }

    @Test func aServerThatIsAwayHoldsNobodyForLong() {
        Self.run([.ask("a", 0, .proceed), .fail("a"), .ask("b", 1, .proceed), .ask("c", 1, .proceed)])
        Self.run([
            .ask("a", 0, .proceed), .ask("b", 1, .hold(until: 5)), .ask("b", 5, .proceed), .ask("c", 5, .proceed),
        ])
        // But a login that was refused is never tried by two.
        Self.run([
            .ask("a", 0, .proceed), .refuse("a", 0, until: 30), .ask("a", 30, .proceed), .fail("b"), .fail("a"),
            .ask("b", 31, .proceed), .ask("c", 31, .hold(until: 36)), .ask("c", 36, .proceed),
            .ask("a", 36, .hold(until: 41)),
        ])
    }

    @Test func aReloadMakesItForget() {
        Self.run([
            .ask("a", 0, .proceed), .refuse("a", 0, until: 30), .ask("a", 30, .proceed), .refuse("a", 30, until: 90),
            .reset,
            .ask("b", 31, .proceed), .ask("a", 31, .hold(until: 36)), .refuse("b", 32, until: 62),
        ])
        // A login with the old password that is still under way says nothing about the new one.
        Self.run([
            .ask("a", 0, .proceed), .refuse("a", 0, until: 30), .ask("a", 30, .proceed), .reset,
            .ask("b", 31, .proceed),
            .refuse("a", 32, until: 36), .ask("c", 33, .hold(until: 36)), .accept, .ask("a", 34, .proceed),
        ])
    }
}
