import Testing

@testable import Watch

/// What is said of a source that comes and goes, with a grace time of three seconds.
@Suite(.timeLimit(.minutes(10))) struct ConnectionStateTests {
    enum Step {
        case fails(Double, String)
        case delivers(Double)
        case check(Double)
    }

    struct Case: CustomStringConvertible, Sendable {
        var description: String
        var steps: [Step]
        var announcements: [ConnectionState.Announcement]
    }

    static let cases = [
        Case(description: "a source that works is no news", steps: [.delivers(1), .check(10)], announcements: []),
        Case(
            description: "one that never works is lost, once",
            steps: [.fails(1, "refused"), .check(2), .fails(3, "refused"), .check(4), .fails(9, "silent"), .check(20)],
            announcements: [.lost(since: 0, reason: "refused")]),
        Case(
            description: "one that comes back in time was never away",
            steps: [.delivers(1), .fails(5, "closed"), .check(7), .delivers(7.5), .check(8), .check(20)],
            announcements: []),
        Case(
            description: "one that comes back later was",
            steps: [.delivers(1), .fails(5, "closed"), .check(8), .fails(9, "refused"), .delivers(12)],
            announcements: [.lost(since: 5, reason: "closed"), .found(since: 5, after: 7)]),
        Case(
            description: "each outage is told once",
            steps: [
                .delivers(0), .fails(5, "a"), .check(8), .delivers(9), .fails(10, "b"), .check(12), .check(13),
                .check(14),
                .delivers(15),
            ],
            announcements: [
                .lost(since: 5, reason: "a"), .found(since: 5, after: 4), .lost(since: 10, reason: "b"),
                .found(since: 10, after: 5),
            ]),
        Case(
            description: "nothing is said while nothing has failed yet", steps: [.check(30), .delivers(31)],
            announcements: []),
    ]

    @Test(arguments: cases)
    func outagesAreToldOnce(_ example: Case) {
        var link = ConnectionState(grace: 3, time: 0)
        var said: [ConnectionState.Announcement?] = []
        for step in example.steps {
            switch step {
            case .fails(let time, let reason): link.failed(reason, at: time)
            case .delivers(let time): said.append(link.delivered(at: time))
            case .check(let time): said.append(link.check(at: time))
            }
        }
        #expect(said.compactMap { $0 } == example.announcements)
    }

    @Test func theTimeOfTheNextWordIsKnown() {
        var link = ConnectionState(grace: 3, time: 0)
        #expect(link.deadline == nil)
        _ = link.delivered(at: 1)
        link.failed("closed", at: 5)
        #expect(link.deadline == 8)
        _ = link.check(at: 8)
        #expect(link.deadline == nil)
    }

    /// Its grace time may end after it was removed, when others write to the same outputs.
    @Test func aSourceThatIsNotWatchedAnyMoreIsNotLost() {
        var link = ConnectionState(grace: 3, time: 0)
        link.failed("connection refused", at: 1)
        link.end()
        #expect(link.deadline == nil)
        #expect(link.check(at: 100) == nil)
        link.failed("connection refused", at: 101)
        #expect(link.check(at: 200) == nil)
        #expect(link.delivered(at: 201) == nil)
    }
}
