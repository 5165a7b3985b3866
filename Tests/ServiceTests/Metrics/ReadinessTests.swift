import Testing
import Watch

@testable import Service

/// Whether the service does what it is there for.
@Suite(.timeLimit(.minutes(10))) struct ReadinessTests {
    typealias State = SourceStatus.State

    private static let away = State.away(reason: "connection refused", retry: 5)

    private static let cases: [(hasModel: Bool, failures: [String], sources: [(String, State)], missing: [String])] = [
        (true, [], [("door", .live)], []),
        (true, [], [("door", .live), ("yard", away)], []),
        (false, [], [("door", .live)], ["no model is loaded"]),
        (true, ["events.jsonl: cannot write: disk full"], [("door", .live)], ["events.jsonl: cannot write: disk full"]),
        (true, [], [], ["there are no sources"]),
        (
            true, [], [("door", .connecting), ("yard", away), ("clip", .ended)],
            ["no source gives frames", "door: connecting", "yard: connection refused", "clip: ended"]
        ),
        (false, ["x"], [], ["no model is loaded", "x", "there are no sources"]),
    ]

    @Test func itSaysWhatIsMissing() {
        for (hasModel, failures, sources, missing) in Self.cases {
            let readiness = Readiness(
                hasModel: hasModel, failures: failures, sources: sources.map { (name: $0.0, state: $0.1) })
            #expect(readiness.missing == missing)
            #expect(readiness.isReady == missing.isEmpty)
        }
    }
}
