import Basics
import Events
import Testing

@testable import Watch

/// Time stamps on this machine's clocks.
@Suite(.timeLimit(.minutes(10))) struct StreamClockTests {
    private static let wallClock = 1_795_382_000.0

    private struct Run {
        var clock = StreamClock()
        var moments: [SampleTime] = []
        var steps: [StreamClock.Step] = []

        mutating func take(media: Double, arrival: Double, calendarShift: Double = 0) {
            let (time, steps) = clock.place(
                media: media, arrival: arrival, wallClock: StreamClockTests.wallClock + arrival + calendarShift)
            moments.append(time)
            self.steps += steps
        }

        /// Whether event detection can run on these times.
        var neverGoesBack: Bool { zip(moments, moments.dropFirst()).allSatisfy { $0.monotonic <= $1.monotonic } }
    }

    @Test func framesAreAsFarApartAsTheirTimeStampsSay() {
        var run = Run()
        // A network that delays each frame by up to half a second.
        for index in 0..<1000 {
            run.take(
                media: 7 + Double(index) * 0.04, arrival: 100 + Double(index) * 0.04 + Double(index * 37 % 50) / 100)
        }
        let settled = run.moments.dropFirst(100)
        for (one, two) in zip(settled, settled.dropFirst()) {
            #expect(abs(two.monotonic - one.monotonic - 0.04) < 1e-6)
        }
        #expect(run.steps.isEmpty)
        #expect(abs(run.moments[999].monotonic - (100 + 999 * 0.04)) < 0.01, "by the quickest, not by the first")
    }

    /// In a transport stream, a frame is complete when the next one has begun, or the one after that.
    @Test func aCameraThatBecomesSlowIsNotLate() {
        var run = Run()
        for index in 0..<300 { run.take(media: Double(index) / 30, arrival: 100 + Double(index) / 30) }
        for index in 0..<60 { run.take(media: 10 + Double(index), arrival: 110 + Double(index) + 1.9) }
        #expect(run.steps.isEmpty)
        // But this is.
        for index in 0..<60 { run.take(media: 70 + Double(index), arrival: 170 + Double(index) + 4) }
        #expect(run.steps.count == 1)
    }

    @Test(arguments: [3600.0, -3600, 5, -5])
    func aJumpOfTheTimeStampsIsToldOnceAndMovesNothing(_ jump: Double) throws {
        var run = Run()
        for index in 0..<100 {
            run.take(media: Double(index) * 0.1 + (index < 50 ? 0 : jump), arrival: 100 + Double(index) * 0.1)
        }
        #expect(run.steps.count == 1)
        let step = try #require(run.steps.first)
        #expect(step.cause == .source)
        #expect(abs(step.seconds + jump) < 0.01)
        #expect(run.neverGoesBack)
        for (index, time) in run.moments.enumerated() {
            #expect(abs(time.monotonic - (100 + Double(index) * 0.1)) < 0.2)
        }
    }

    @Test(arguments: [3600.0, -3600])
    func aCalendarThatIsSetIsToldOnceAndDecisionsDoNotNotice(_ shift: Double) throws {
        var run = Run()
        for index in 0..<100 {
            let time = Double(index) * 0.1
            run.take(media: time, arrival: 100 + time, calendarShift: index < 50 ? 0 : shift)
        }
        #expect(run.steps == [StreamClock.Step(seconds: try #require(run.steps.first).seconds, cause: .wallClock)])
        #expect(abs(run.steps[0].seconds - shift) < 0.01)
        #expect(run.neverGoesBack)
        #expect(abs(run.moments[99].monotonic - run.moments[0].monotonic - 9.9) < 0.01)
        let between = run.moments[99].wallClock.milliseconds - run.moments[0].wallClock.milliseconds
        #expect(abs(Double(between) / 1000 - 9.9 - shift) < 0.1)
    }

    struct WallClock: CustomStringConvertible, Sendable {
        var description: String
        /// By how many seconds the wall clock is off, by the monotonic clock, which begins at 0.
        var shift: @Sendable (Double) -> Double
        /// The same for the time stamps of the source.
        var sourceShift: @Sendable (Double) -> Double = { _ in 0 }
        var steps: [StreamClock.Step]
    }

    static let wallClocks = [
        WallClock(description: "slewed by 500 ppm for half an hour", shift: { 0.0005 * $0 }, steps: []),
        WallClock(description: "slewed by -500 ppm for half an hour", shift: { -0.0005 * $0 }, steps: []),
        WallClock(
            description: "1970 at boot, then set right", shift: { $0 < 60 ? 1000 - wallClock : 0 },
            steps: [StreamClock.Step(seconds: wallClock - 1000, cause: .wallClock)]),
        WallClock(
            description: "an hour ahead and back again", shift: { (60..<120).contains($0) ? 3600 : 0 },
            steps: [
                StreamClock.Step(seconds: 3600, cause: .wallClock), StreamClock.Step(seconds: -3600, cause: .wallClock),
            ]),
        // The monotonic clock stops while the machine is suspended, and the camera's does not.
        WallClock(
            description: "suspended for 8 h", shift: { $0 < 60 ? 0 : 28_800 }, sourceShift: { $0 < 60 ? 0 : 28_800 },
            steps: [
                StreamClock.Step(seconds: -28_800, cause: .source),
                StreamClock.Step(seconds: 28_800, cause: .wallClock),
            ]),
    ]

    /// Decisions run on the monotonic clock, whatever the wall clock does; times are those of the wall clock.
    @Test(arguments: wallClocks)
    func eventsDoNotNoticeWhatTheWallClockDoes(_ clock: WallClock) throws {
        var run = Run()
        for index in 0..<3600 {
            let time = Double(index) * 0.5
            run.take(media: 7 + time + clock.sourceShift(time), arrival: time, calendarShift: clock.shift(time))
        }
        #expect(run.steps.map(\.cause) == clock.steps.map(\.cause))
        #expect(zip(run.steps, clock.steps).allSatisfy { abs($0.seconds - $1.seconds) < 1 }, "\(run.steps)")
        for (one, two) in zip(run.moments, run.moments.dropFirst()) {
            #expect(abs(two.monotonic - one.monotonic - 0.5) < 1e-6)
        }
        let last = try #require(run.moments.last)
        let expected = Timestamp(seconds: Self.wallClock + 1799.5 + clock.shift(1799.5))
        #expect(abs(last.wallClock.milliseconds - expected.milliseconds) <= 1000)
    }

    @Test func streamsThatComeInPiecesAreNotCorrectedAgainAndAgain() {
        var run = Run()
        // Six seconds of frames at a time, as HLS has them.
        for index in 0..<3000 {
            let time = Double(index) * 0.04
            run.take(
                media: time,
                arrival: 100 + (time / 6).rounded(.down) * 6 + time.truncatingRemainder(dividingBy: 6) * 0.05)
        }
        #expect(run.steps.count <= 1)
        #expect(run.neverGoesBack)
    }

    @Test func aStreamThatFallsBehindForGoodIsToldSo() {
        var run = Run()
        for index in 0..<1000 {
            let time = Double(index) * 0.04
            run.take(media: time, arrival: 100 + time + (index < 200 ? 0 : 2))
        }
        #expect(run.steps.count == 1)
        #expect(run.neverGoesBack)
        #expect(abs(run.moments[999].monotonic - (100 + 999 * 0.04 + 2)) < 0.01)
    }

    @Test func aNewConnectionBeginsAnew() {
        var run = Run()
        for index in 0..<10 { run.take(media: 5000 + Double(index), arrival: 100 + Double(index)) }
        run.clock.reconnect()
        for index in 0..<10 { run.take(media: Double(index), arrival: 200 + Double(index)) }
        #expect(run.steps.isEmpty)
        #expect(run.neverGoesBack)
        #expect(run.moments[10].monotonic == 200)
    }
}
