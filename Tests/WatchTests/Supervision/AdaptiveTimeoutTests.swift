import Testing

@testable import Watch

/// How long a source may take to answer.
@Suite(.timeLimit(.minutes(10))) struct AdaptiveTimeoutTests {
    @Test func whoNeverAnsweredHasAllTheTimeThereIs() {
        var timeout = AdaptiveTimeout()
        #expect((0..<10).allSatisfy { _ in timeout.attempt() == .infinity })
    }

    @Test func whoWasQuickIsNotWaitedForLong() {
        var timeout = AdaptiveTimeout()
        timeout.answered(after: 0.2)
        #expect((0..<3).map { _ in timeout.attempt() } == [3, 3, 3])
    }

    @Test func whoWasSlowIsWaitedForLonger() {
        var timeout = AdaptiveTimeout()
        timeout.answered(after: 2)
        #expect(timeout.attempt() == 6)
    }

    @Test func oneAttemptInFourHasAllTheTimeThereIs() {
        var timeout = AdaptiveTimeout()
        timeout.answered(after: 1)
        #expect(
            (1...8).map { _ in timeout.attempt() == .infinity } == [
                false, false, false, true, false, false, false, true,
            ])
    }
}
