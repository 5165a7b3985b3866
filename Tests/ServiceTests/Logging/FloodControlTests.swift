import Testing

@testable import Service

/// What of many messages is written.
@Suite(.timeLimit(.minutes(10))) struct FloodControlTests {
    private enum Step {
        /// A message at a time, and whether it is written.
        case message(Double, String, String, Bool)
        /// What is said at a time of those that were not.
        case summaries(Double, [String])
    }

    private static let histories: [[Step]] = [
        // The first is written, the others are counted and summed up once in an interval.
        [
            .message(0, "door", "no frame for 5 s", true), .message(5, "door", "no frame for 5 s", false),
            .message(59, "door", "no frame for 5 s", false),
            .summaries(60, ["door: no frame for 5 s (2 more in the last 60 s)"]),
            .message(61, "door", "no frame for 5 s", false),
            .summaries(120, ["door: no frame for 5 s (1 more in the last 60 s)"]), .summaries(180, []),
            .message(181, "door", "no frame for 5 s", true),
        ],
        // Numbers make no difference; the last message stands for all.
        [
            .message(0, "door", "next try in 12 s", true), .message(1, "door", "next try in 7 s", false),
            .message(2, "door", "next try in 135 s", false),
            .summaries(60, ["door: next try in 135 s (2 more in the last 60 s)"]),
        ],
        // Other words, and other sources, are other news.
        [
            .message(0, "door", "connection refused", true), .message(0, "door", "no answer", true),
            .message(0, "yard", "connection refused", true), .summaries(60, []),
        ],
        // What came only once is news again.
        [.message(0, "door", "lost", true), .message(60, "door", "lost", true), .message(61, "door", "lost", false)],
        // A summary that is late loses nothing.
        [
            .message(0, "door", "lost", true), .message(1, "door", "lost", false), .message(70, "door", "lost", false),
            .summaries(71, ["door: lost (2 more in the last 60 s)"]),
        ],
    ]

    @Test func histories() {
        for (place, history) in Self.histories.enumerated() {
            var flood = FloodControl(interval: 60)
            for step in history {
                switch step {
                case .message(let time, let source, let text, let isWritten):
                    let isAdmitted = flood.admits(text, from: source, at: time)
                    #expect(isAdmitted == isWritten, "\(place): \(step)")
                case .summaries(let time, let texts):
                    let found = flood.summaries(at: time).map { "\($0.source): \($0.text)" }
                    #expect(found == texts, "\(place): \(step)")
                }
            }
        }
    }

    /// A camera that says something else each time fills neither the log nor the memory.
    @Test func messagesWithoutAnEndHaveAnEnd() {
        var flood = FloodControl(interval: 60, capacity: 10)
        let letters = (1...1000).map { String(repeating: "x", count: $0) }
        let written = letters.filter { flood.admits($0, from: "door", at: 1) }
        #expect(written.count == 11)
        let other = flood.admits("hello", from: "yard", at: 2)
        #expect(other, "no source silences another")
        let summaries = flood.summaries(at: 61)
        #expect(summaries.map(\.source) == ["door"])
        // When they are over, there is room again.
        let later = [flood.admits("new", from: "door", at: 200), flood.admits("new", from: "door", at: 201)]
        #expect(later == [true, false])
    }

    @Test func theDeadlineIsWhenThereIsSomethingToSay() {
        var flood = FloodControl(interval: 60)
        #expect(flood.deadline == nil)
        _ = flood.admits("lost", from: "door", at: 3)
        #expect(flood.deadline == nil)
        _ = flood.admits("lost", from: "door", at: 10)
        #expect(flood.deadline == 63)
    }
}
