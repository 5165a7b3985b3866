import Testing
import Watch

@testable import Service

/// Whether the service does what it is there for.
@Suite struct ReadinessTests {
    typealias State = SourceStatus.State

    private static let away = State.away(reason: "connection refused", retry: 5)

    private static let cases: [(hasModel: Bool, failures: [String], sources: [(String, State)], missing: [String])] = [
        (true, [], [("door", .live)], []),
        (true, [], [("door", .live), ("yard", away)], []),
        (false, [], [("door", .live)], ["no model is loaded"]),
        (true, ["events.jsonl: cannot write: disk full"], [("door", .live)], ["events.jsonl: cannot write: disk full"]),
        (true, [], [], ["there is no source"]),
        (
            true, [], [("door", .connecting), ("yard", away), ("clip", .ended)],
            ["no source gives pictures", "door: being connected to", "yard: connection refused", "clip: over"]
        ),
        (false, ["x"], [], ["no model is loaded", "x", "there is no source"]),
    ]

    @Test func itSaysWhatIsMissing() {
        for (hasModel, failures, sources, missing) in Self.cases {
            let readiness = Readiness(hasModel: hasModel, failures: failures, sources: sources.map { (name: $0.0, state: $0.1) })
            #expect(readiness.missing == missing)
            #expect(readiness.isReady == missing.isEmpty)
        }
    }

    @Test func everySourceHasBeenTriedWhenEachHasAnswered() {
        var attempts = FirstAttempts(of: ["door", "yard"])
        let looks: [[(name: String, state: State)]] = [
            [("door", .connecting), ("yard", .connecting)], [("door", .live), ("yard", .connecting)],
            // It is remembered, though the source is tried again by now.
            [("door", .connecting), ("yard", Self.away)],
        ]
        let answers = looks.map { attempts.note($0) }
        #expect(answers == [false, false, true])
        var none = FirstAttempts(of: [])
        let isOver = none.note([])
        #expect(isOver)
    }
}
