import Testing

@testable import Capture

/// Times go on where the time stamps of a file jump back or wrap.
@Suite(.timeLimit(.minutes(10))) struct TimelineTests {
    struct Case: CustomStringConvertible, Sendable {
        var description: String
        var wrap: Double? = Self.transportStream
        var mendsJumps = true
        var stamps: [Double]
        var times: [Double]
        var steps: [Double] = []

        /// 2^33 at 90 kHz.
        static let transportStream = 8_589_934_592.0 / 90_000
    }

    private static func stamps(_ first: Double, _ count: Int, every interval: Double = 0.5) -> [Double] {
        (0..<count).map { first + Double($0) * interval }
    }

    private static let wrap = Case.transportStream

    static let cases = [
        Case(description: "time that goes on", stamps: stamps(1.4, 5), times: stamps(1.4, 5)),
        Case(
            description: "a gap in a recording", stamps: stamps(0, 3) + stamps(3600, 3),
            times: stamps(0, 3) + stamps(3600, 3)),
        Case(
            description: "two recordings, one after the other", stamps: stamps(1.5, 5) + stamps(1.5, 5),
            times: stamps(1.5, 10), steps: [2.5]),
        Case(
            description: "three recordings", stamps: stamps(10, 4) + stamps(5, 4) + stamps(0, 4), times: stamps(10, 12),
            steps: [7, 7]),
        Case(
            description: "a recording that jumps back by an hour", stamps: stamps(7200, 4) + stamps(3600, 4),
            times: stamps(7200, 8), steps: [3602]),
        Case(
            description: "frames that are out of order", stamps: [0, 0.04, 0.12, 0.08, 0.16],
            times: [0, 0.04, 0.12, 0.12, 0.16]),
        Case(
            description: "a counter of 33 bits that wraps", stamps: stamps(wrap - 1, 2) + stamps(0, 4),
            times: stamps(wrap - 1, 6)),
        Case(
            description: "one that wraps twice, with a gap at the wrap",
            stamps: stamps(wrap - 1, 2) + [60] + stamps(wrap - 0.5, 1) + stamps(0, 2),
            times: stamps(wrap - 1, 2) + [wrap + 60] + [2 * wrap - 0.5] + stamps(2 * wrap, 2)),
        Case(
            description: "a live stream that wraps", mendsJumps: false, stamps: stamps(wrap - 1, 2) + stamps(0, 4),
            times: stamps(wrap - 1, 6)),
        Case(
            description: "milliseconds in 32 bits that wrap", wrap: 4_294_967.296, mendsJumps: false,
            stamps: stamps(4_294_966.296, 2) + stamps(0, 2), times: stamps(4_294_966.296, 4)),
        Case(
            description: "a live stream that jumps back", mendsJumps: false, stamps: stamps(3600, 3) + stamps(0, 3),
            times: stamps(3600, 3) + stamps(0, 3)),
        Case(
            description: "a file whose counter does not wrap", wrap: nil, stamps: stamps(wrap, 2) + stamps(0, 2),
            times: stamps(wrap, 4), steps: [wrap + 1]),
        Case(
            description: "a single time stamp that is too late", stamps: [0, 0.5, 5000, 1.5, 2],
            times: [0, 0.5, 5000, 1.5, 2]),
        Case(
            description: "a single time stamp that is too early", stamps: [100, 100.5, 3, 101.5, 102],
            times: [100, 100.5, 101, 101.5, 102], steps: [98, -98]),
    ]

    @Test(arguments: cases)
    func timeGoesOn(_ example: Case) {
        var timeline = Timeline(wrap: example.wrap, mendsJumps: example.mendsJumps, interval: 0.5)
        let places = example.stamps.map { timeline.place($0) }
        #expect(zip(places, example.times).allSatisfy { abs($0.time - $1) < 1e-6 }, "\(places.map(\.time))")
        let steps = places.map(\.step).filter { $0 != 0 }
        #expect(
            steps.count == example.steps.count && zip(steps, example.steps).allSatisfy { abs($0 - $1) < 1e-6 },
            "\(steps)")
    }

    /// The second recording says that something else begins with it.
    @Test(.enabled(if: Clip.isAvailable, Clip.reason))
    func twoRecordingsInOneFileAreOne() throws {
        try Clip.with("a.ts", Clip.testSource() + Clip.h264() + ["-mpegts_flags", "+initial_discontinuity"]) { clip in
            let one = try clip.frames().map(\.time)
            let both = try clip.changed { $0 += $0 }.read()
            let times = both.frames.map(\.time)
            #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 }, "\(times)")
            #expect(times.count == 2 * one.count)
            #expect(abs(try #require(times.last) - one[0] - 3.96) < 0.01, "four seconds of 25 frames")
            #expect(both.corruption.isEmpty, "\(both.corruption)")
        }
    }

    /// As `cat` joins them, and what is left of the first when its end is missing: a few frames at the seam may count as
    /// corrupt.
    @Test(.enabled(if: Clip.isAvailable, Clip.reason), arguments: [0, 5000])
    func twoRecordingsWithARoughSeamAreOne(_ missing: Int) throws {
        try Clip.with("a.ts", Clip.testSource() + Clip.h264()) { clip in
            let one = try clip.frames().map(\.time)
            let times = try clip.changed { $0 = $0.dropLast(missing) + $0 }.frames().map(\.time)
            #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 }, "\(times)")
            #expect(times.count > one.count * 3 / 2)
        }
    }
}
