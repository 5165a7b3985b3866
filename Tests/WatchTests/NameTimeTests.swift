import Events
import Glibc
import Testing

@testable import Watch

/// The time in the name of a recording.
@Suite(.timeLimit(.minutes(10))) struct NameTimeTests {
    @Test(arguments: [
        ("%Y-%m-%d_%H-%M-%S%z", "door_2026-11-20_08-30-05+0100.mp4", "2026-11-20T07:30:05.000Z"),
        ("%Y-%m-%d_%H-%M-%S%z", "2026-11-20_08-30-05Z.mp4", "2026-11-20T08:30:05.000Z"),
        ("%Y%m%dT%H%M%S%z", "cam1-20260101T000000-05:30.mkv", "2026-01-01T05:30:00.000Z"),
        ("%s", "1763628605.ts", "2025-11-20T08:50:05.000Z"),
        ("%Y-%m-%d%z", "2024-02-29+00", "2024-02-29T00:00:00.000Z"),
        ("%d.%m.%y %Hh%z", "01.02.24 13h+0000", "2024-02-01T13:00:00.000Z"),
        ("100%%_%s", "100%_0", "1970-01-01T00:00:00.000Z"),
        // The first place where it fits.
        ("%Y%m%d%z", "99999999 20261120Z", "2026-11-20T00:00:00.000Z"),
    ]) func aNameHasATime(pattern: String, name: String, time: String) throws {
        #expect(try NameTime(pattern).time(in: name)?.description == time)
    }

    @Test(arguments: [
        ("%Y-%m-%d%z", "2023-02-29Z"), ("%Y-%m-%d%z", "2026-13-01Z"), ("%Y-%m-%d_%H%z", "2026-01-01_24Z"),
        ("%Y-%m-%d%z", "2026-1-01Z"), ("%Y-%m-%d%z", "door.mp4"), ("%Y-%m-%d%z", "2026-01-01"), ("%Y-%m-%d%z", ""),
        ("%Y-%m-%d%z", "2026-01-01+2500"),
    ]) func aNameWithoutSuchATimeHasNone(pattern: String, name: String) throws {
        #expect(try NameTime(pattern).time(in: name) == nil)
    }

    @Test(arguments: [
        ("%Q", "%Q is not one of"), ("%H:%M", "it has no date"), ("%Y-%m-%d%", "it ends with a single %"),
        ("", "no date"),
    ]) func aWrongPatternIsExplained(pattern: String, reason: String) {
        #expect {
            _ = try NameTime(pattern)
        } throws: {
            "\($0)".contains(reason)
        }
    }

    /// A recording of 60 s that begins at 1000 s.
    @Test(
        arguments: [
            (nil, nil, 0.0, nil), (1010, nil, 10, nil), (nil, 1020, 0, 20.0), (1010, 1020, 10, 20),
            (900, 5000, 0, 4000),
        ] as [(Double?, Double?, Double, Double?)])
    func anIntervalIsAPartOfARecording(since: Double?, until: Double?, from: Double, to: Double?) {
        let interval = WallClockInterval(
            since: since.map(Timestamp.init(seconds:)), until: until.map(Timestamp.init(seconds:)))
        let part = interval.part(of: .all, first: Timestamp(seconds: 1000), duration: 60)
        #expect(part == RecordingPart(from: from, to: to))
    }

    @Test func aRecordingOutsideOfTheIntervalHasNoPart() {
        func part(_ since: Double?, _ until: Double?, _ part: RecordingPart = .all) -> RecordingPart? {
            WallClockInterval(since: since.map(Timestamp.init(seconds:)), until: until.map(Timestamp.init(seconds:)))
                .part(of: part, first: Timestamp(seconds: 1000), duration: 60)
        }
        #expect(part(1060, nil) == nil && part(nil, 1000) == nil && part(2000, 3000) == nil)
        #expect(part(1010, nil, RecordingPart(from: 20, to: 30)) == RecordingPart(from: 20, to: 30))
        #expect(part(1040, nil, RecordingPart(from: 20, to: 30)) == nil)
        // A part behind the end is the user's mistake, which the reader reports.
        #expect(part(nil, nil, RecordingPart(from: 100)) == RecordingPart(from: 100))
    }
}
