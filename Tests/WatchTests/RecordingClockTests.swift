import Events
import Testing

@testable import Watch

/// When a recording was made.
@Suite(.timeLimit(.minutes(10))) struct RecordingClockTests {
    let modified = Timestamp(milliseconds: 1_000_000_000_000)
    let given = Timestamp(milliseconds: 1_500_000_000_000)

    @Test func whoSaysSoKnowsBest() {
        let clock = RecordingClock(
            given: given, creationTime: "2026-11-22T21:17:03.000000Z", modified: modified, startTime: 10, duration: 60)
        #expect(clock.origin == .given)
        #expect(clock.epoch.advanced(by: 10) == given, "the first frame's time stamp is 10")
    }

    @Test func thenTheFilesOwnWords() {
        let clock = RecordingClock(
            given: nil, creationTime: "2026-11-22T21:17:03.250000Z", modified: modified, startTime: 1, duration: 60)
        #expect(clock.origin == .creationTime)
        #expect(clock.epoch.description == "2026-11-22T21:17:02.250Z")
    }

    @Test(arguments: [nil, "", "yesterday", "1970-01-01T00:00:00.000000Z"])
    func thenTheTimeOfTheLastWrite(_ creationTime: String?) {
        let clock = RecordingClock(
            given: nil, creationTime: creationTime, modified: modified, startTime: 0.5, duration: 60)
        #expect(clock.origin == .modificationTime)
        #expect(clock.epoch == modified.advanced(by: -60.5))
    }

    @Test func timesAreReadWithAndWithoutFractionsAndZones() {
        let expected = Timestamp(milliseconds: 1_795_382_223_000)
        #expect(Timestamp(iso8601: "2026-11-22T21:17:03Z") == expected)
        #expect(Timestamp(iso8601: "2026-11-22T22:17:03+01:00") == expected)
        #expect(Timestamp(iso8601: "2026-11-22T21:17:03.412Z") == expected.advanced(by: 0.412))
        #expect(Timestamp(iso8601: "2026-11-22T21:17:03.412000Z") == expected.advanced(by: 0.412))
        for text in ["", "2026", "2026-13-40T99:99:99Z", "now", "2026-11-22"] {
            #expect(Timestamp(iso8601: text) == nil, "\(text)")
        }
    }
}
