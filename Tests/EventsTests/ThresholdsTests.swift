import Testing

@testable import Events

@Suite struct ThresholdsTests {
    @Test func theDefaultsMakeSense() { #expect(Thresholds().problem == nil) }

    @Test func whatIsWrongIsSaid() {
        let cases: [(Thresholds, String)] = [
            (Thresholds(enter: 0), "the enter threshold is a score above 0, up to 1, not 0.0"),
            (Thresholds(enter: 1.5), "the enter threshold is a score above 0, up to 1, not 1.5"),
            (Thresholds(enter: .nan), "the enter threshold is a score above 0, up to 1, not nan"),
            (Thresholds(leave: -0.1), "the leave threshold is a score from 0 to 1, not -0.1"),
            (
                Thresholds(enter: 0.2, leave: 0.3),
                "the leave threshold (0.3) must not be above the enter threshold (0.2): a label would end while it begins"
            ),
            (Thresholds(holdTime: -1), "the hold time is a number of seconds from 0 to 86400, not -1.0"),
            (Thresholds(clearDelay: .infinity), "the gone time is a number of seconds from 0 to 86400, not inf"),
            (Thresholds(maximumLength: 0), "the greatest length is a number of seconds above 0, up to 86400, not 0.0"),
            (Thresholds(update: -2), "the update time is a number of seconds above 0, up to 86400, not -2.0"),
        ]
        for (thresholds, problem) in cases { #expect(thresholds.problem == problem) }
    }
}
