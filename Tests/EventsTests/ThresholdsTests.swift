import Testing

@testable import Events

@Suite(.timeLimit(.minutes(10))) struct ThresholdsTests {
    @Test func defaultsAreValid() { #expect(Thresholds().problem == nil) }

    @Test func problemsNameTheConfigurationKey() {
        let cases: [(Thresholds, String)] = [
            (Thresholds(enter: 0), "enter must be a score above 0, up to 1, not 0.0"),
            (Thresholds(enter: 1.5), "enter must be a score above 0, up to 1, not 1.5"),
            (Thresholds(enter: .nan), "enter must be a score above 0, up to 1, not nan"),
            (Thresholds(leave: -0.1), "leave must be a score from 0 to 1, not -0.1"),
            (
                Thresholds(enter: 0.2, leave: 0.3),
                "leave (0.3) must not be above enter (0.2): a label would end while it begins"
            ),
            (Thresholds(holdTime: -1), "hold must be from 0 to 86400 seconds, not -1.0"),
            (Thresholds(clearDelay: .infinity), "clear_after must be from 0 to 86400 seconds, not inf"),
            (Thresholds(minimumGap: -0.5), "min_gap must be from 0 to 86400 seconds, not -0.5"),
            (Thresholds(minimumGap: 100_000), "min_gap must be from 0 to 86400 seconds, not 100000.0"),
            (Thresholds(maximumLength: 0), "max_length must be above 0, up to 86400 seconds, not 0.0"),
            (Thresholds(maximumLength: 90_000), "max_length must be above 0, up to 86400 seconds, not 90000.0"),
            (Thresholds(update: -2), "update must be above 0, up to 86400 seconds, not -2.0"),
        ]
        for (thresholds, problem) in cases { #expect(thresholds.problem == problem) }
    }
}
