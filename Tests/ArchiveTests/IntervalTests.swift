import Basics
import Events
import Foundation
import TestSupport
import Testing

@testable import Archive

/// Events are compared with the truth as people would do it by hand.
struct IntervalTests {
    private static func intervals(_ pairs: [(Double, Double)]) -> [MediaInterval] {
        pairs.map { MediaInterval(start: $0.0, end: $0.1) }
    }

    @Test func scoresCountEventsAndTime() {
        var score = IntervalScore()
        score.add(events: Self.intervals([(0, 10), (20, 30), (50, 60)]), truths: Self.intervals([(5, 15), (22, 28)]))
        #expect(score.matched == 2)
        #expect(abs(score.precision - 2.0 / 3) < 1e-12)
        #expect(score.recall == 1)
        #expect(abs(score.f1 - 0.8) < 1e-12)
        // Common: 5…10 and 22…28. Union: 0…15, 20…30, 50…60.
        #expect(abs(score.overlap - 11.0 / 35) < 1e-12)
    }

    /// One event over two true intervals finds one of them.
    @Test func eachTrueIntervalCountsOnce() {
        var score = IntervalScore()
        score.add(events: Self.intervals([(0, 100)]), truths: Self.intervals([(0, 10), (50, 60)]))
        #expect((score.matched, score.truths, score.events) == (1, 2, 1))
    }

    @Test func overlappingIntervalsAreNotCountedTwice() {
        var score = IntervalScore()
        score.add(events: Self.intervals([(0, 10), (5, 12)]), truths: Self.intervals([(0, 12)]))
        #expect(score.overlap == 1)
    }

    @Test func nothingIsRightWhereNothingWasToBeFound() {
        #expect((IntervalScore().precision, IntervalScore().recall, IntervalScore().overlap) == (1, 1, 1))
    }

    @Test func optionalTruthsAreNeitherRightNorWrong() {
        let events = [Sweep.Interval(names: ["person"], interval: MediaInterval(start: 0, end: 5))]
        let optional = TruthFile.Entry(
            recording: "a.mp4", labels: ["person"], interval: MediaInterval(start: 1, end: 4), isOptional: true)
        let score = Sweep.score(events, [optional])
        #expect((score.events, score.truths) == (0, 0))
    }

    @Test(arguments: [
        ("a.mp4,person,5.9,20.1\n", 1), ("recording,label,start,end\nx/a.mp4,\"person\",1:05,1:02:03.5\n# no\n\n", 1),
        ("a.mp4,*,0,1\r\nb.mp4,car,2,3\r\n", 2),
    ])
    func truthIsReadFromCommaSeparatedValues(text: String, count: Int) throws {
        try Recording.withFolder { folder in
            try text.write(toFile: folder + "/t.csv", atomically: true, encoding: .utf8)
            let truth = try TruthFile(folder + "/t.csv")
            #expect(truth.entries.count == count)
            #expect(truth.entries(of: "/somewhere/x/a.mp4").count == 1)
        }
    }

    @Test(arguments: [
        "a.mp4,person,5,1\na.mp4,person,5,1\n", "", "{\"clip\": 1}", "a\nb,c,d\n", "a.mp4,\"person,1,2\n",
    ])
    func wrongTruthIsAnError(text: String) throws {
        try Recording.withFolder { folder in
            try text.write(toFile: folder + "/t.csv", atomically: true, encoding: .utf8)
            #expect(throws: FileError.self) { try TruthFile(folder + "/t.csv") }
        }
    }
}
