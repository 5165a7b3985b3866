import Testing

@testable import Watch

/// How long a source may take to answer.
@Suite struct PatienceTests {
    @Test func whoNeverAnsweredHasAllTheTimeThereIs() {
        var patience = Patience()
        #expect((0..<10).allSatisfy { _ in patience.attempt() == .infinity })
    }

    @Test func whoWasQuickIsNotWaitedForLong() {
        var patience = Patience()
        patience.answered(after: 0.2)
        #expect((0..<3).map { _ in patience.attempt() } == [3, 3, 3])
    }

    @Test func whoWasSlowIsWaitedForLonger() {
        var patience = Patience()
        patience.answered(after: 2)
        #expect(patience.attempt() == 6)
    }

    @Test func oneAttemptInFourHasAllTheTimeThereIs() {
        var patience = Patience()
        patience.answered(after: 1)
        #expect((1...8).map { _ in patience.attempt() == .infinity } == [false, false, false, true, false, false, false, true])
    }
}
