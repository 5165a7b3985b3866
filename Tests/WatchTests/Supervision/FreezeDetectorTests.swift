import Testing

@testable import Watch

/// A source is frozen when its frames repeat for a minute.
@Suite(.timeLimit(.minutes(10))) struct FreezeDetectorTests {
    typealias Announcement = FreezeDetector.Announcement

    struct Case: CustomStringConvertible, Sendable {
        var description: String
        var limit = 60.0
        /// A frame's hash, when it came, and whether it is the first of a new connection.
        var frames: [(hash: UInt64, time: Double, isNewConnection: Bool)]
        var announcements: [Announcement]

        init(
            _ description: String, limit: Double = 60,
            _ frames: [(hash: UInt64, time: Double, isNewConnection: Bool)], _ announcements: [Announcement]
        ) {
            self.description = description
            self.limit = limit
            self.frames = frames
            self.announcements = announcements
        }
    }

    /// Frames that are equal, one a second.
    private static func frames(
        _ hash: UInt64, _ seconds: ClosedRange<Int>, isNewConnection: Bool = false
    ) -> [(hash: UInt64, time: Double, isNewConnection: Bool)] {
        seconds.map { (hash, Double($0), isNewConnection && $0 == seconds.lowerBound) }
    }

    static let cases = [
        Case("a camera with noise", (0...1000).map { (UInt64($0), Double($0), false) }, []),
        Case("frames that repeat for less than the limit", frames(1, 0...59) + frames(2, 60...119), []),
        Case("frames that repeat are told once", frames(1, 0...1) + frames(2, 2...500), [.frozen(since: 2)]),
        Case(
            "a different frame ends it", frames(1, 0...90) + frames(2, 91...95),
            [.frozen(since: 0), .thawed(since: 0, after: 91)]),
        Case(
            "each freeze is told", frames(1, 0...70) + frames(2, 71...75) + frames(1, 76...140),
            [.frozen(since: 0), .thawed(since: 0, after: 71), .frozen(since: 76)]),
        Case("a first frame that repeats", frames(7, 5...65), [.frozen(since: 5)]),
        Case("a single different frame begins anew", frames(1, 0...50) + frames(2, 51...51) + frames(1, 52...110), []),
        Case("frames that come seldom", [(1, 0, false), (1, 100, false)], [.frozen(since: 0)]),
        Case("a camera of 100 frames a second", (0...7000).map { (1, Double($0) / 100, false) }, [.frozen(since: 0)]),
        Case(
            "a new connection begins anew",
            frames(1, 0...50) + frames(1, 90...140, isNewConnection: true)
                + frames(1, 180...230, isNewConnection: true), []),
        Case(
            "a new connection does not thaw a source",
            frames(1, 0...70) + frames(1, 90...100, isNewConnection: true)
                + frames(2, 101...102), [.frozen(since: 0), .thawed(since: 0, after: 101)]),
        Case(
            "a new connection that shows something else does",
            frames(1, 0...70) + frames(2, 90...95, isNewConnection: true),
            [.frozen(since: 0), .thawed(since: 0, after: 90)]),
        Case("a short limit", limit: 0.5, frames(1, 0...1), [.frozen(since: 0)]),
        Case("no limit", limit: 0, frames(1, 0...100_000), []),
    ]

    @Test(arguments: cases)
    func aFreezeIsToldOnce(_ example: Case) {
        var detector = FreezeDetector(limit: example.limit)
        var said: [Announcement] = []
        for frame in example.frames {
            if frame.isNewConnection { detector.reconnect() }
            if let announcement = detector.observe(frame.hash, at: frame.time) { said.append(announcement) }
        }
        #expect(said == example.announcements)
    }
}
