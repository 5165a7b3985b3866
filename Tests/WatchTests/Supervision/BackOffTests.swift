import Testing

@testable import Watch

/// How long it takes until a source is tried again.
@Suite(.timeLimit(.minutes(10))) struct BackOffTests {
    private static let policy = BackOff.Policy(first: 1, factor: 2, longest: 10, jitter: 0)

    @Test func waitsGrowUpToTheLongest() {
        var backOff = BackOff()
        let waits = (0..<6).map { _ in backOff.wait(Self.policy, chance: 0) }
        #expect(waits == [1, 2, 4, 8, 10, 10])
    }

    @Test func tenThousandFailuresAreNoTrouble() {
        var backOff = BackOff()
        for _ in 0..<10_000 { _ = backOff.wait(Self.policy, chance: 0.5) }
        #expect(backOff.wait(Self.policy, chance: 0) == 10)
    }

    @Test func chanceShortensAWaitByAtMostTheJitter() {
        let policy = BackOff.Policy(first: 4, factor: 2, longest: 10, jitter: 0.25)
        for (chance, wait) in [(0.0, 4.0), (0.5, 3.5), (1.0, 3.0)] {
            var backOff = BackOff()
            #expect(backOff.wait(policy, chance: chance) == wait)
        }
    }

    @Test func aConnectionThatHeldMakesUpForFailures() {
        var backOff = BackOff()
        for _ in 0..<4 { _ = backOff.wait(Self.policy, chance: 0) }
        backOff.worked(for: 60)
        #expect(backOff.wait(Self.policy, chance: 0) == 1)
    }

    @Test func aConnectionThatBreaksAtOnceDoesNot() {
        var backOff = BackOff()
        for _ in 0..<4 { _ = backOff.wait(Self.policy, chance: 0) }
        backOff.worked(for: 1)
        #expect(backOff.wait(Self.policy, chance: 0) == 10)
    }

    @Test func aConnectionOfTwoSecondsDoes() {
        var backOff = BackOff()
        for _ in 0..<4 { _ = backOff.wait(Self.policy, chance: 0) }
        backOff.worked(for: 1.9)
        #expect(backOff.wait(Self.policy, chance: 0) == 1)
    }

    @Test func aSourceThatWasSeenComesBackWithinFiveSeconds() {
        var backOff = BackOff()
        for _ in 0..<100 { #expect(backOff.wait(.reconnect, chance: 0) <= 4) }
    }
}
