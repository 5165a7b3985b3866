import Basics
import Testing

@testable import Events

/// Objects enter and leave a zone after its inertia, which is a time and not a number of frames (frigate#9175).
@Suite(.timeLimit(.minutes(10))) struct ZoneVisitTests {
    static func time(_ seconds: Double) -> SampleTime {
        SampleTime(media: seconds, epoch: Timestamp(milliseconds: 0))
    }

    private static func zone(inertia: Double = 0.5, loitering: Double? = nil) -> Zone {
        var zone = Zone(name: "z", polygon: Polygon([]))
        zone.inertia = inertia
        zone.loitering = loitering
        return zone
    }

    /// Samples at a rate, in the zone during some time.
    private static func changes(
        rate: Double, inside: Range<Double>, until end: Double, _ zone: Zone
    ) -> [ZoneVisit.Change] {
        var visit = ZoneVisit()
        return (0...Int(end * rate)).flatMap { index -> [ZoneVisit.Change] in
            let seconds = Double(index) / rate
            return visit.observe(isInside: inside.contains(seconds), at: time(seconds), zone: zone)
        } + visit.finish()
    }

    @Test(arguments: [2.0, 5, 15])
    func aVisitHasItsTimesAtEveryFrameRate(_ rate: Double) throws {
        let changes = Self.changes(rate: rate, inside: 1..<5, until: 8, Self.zone())
        try #require(changes.count == 2)
        guard case .entered(let entry) = changes[0], case .left(let dwell, let exit) = changes[1] else {
            Issue.record("\(changes)")
            return
        }
        #expect(abs(entry.media - 1) <= 1.01 / rate && abs(exit.media - 5) <= 1.01 / rate)
        #expect(abs(dwell - 4) <= 1.01 / rate)
    }

    @Test(arguments: [2.0, 5, 15])
    func aVisitShorterThanTheInertiaIsNone(_ rate: Double) {
        #expect(Self.changes(rate: rate, inside: 1..<1.45, until: 3, Self.zone()) == [])
    }

    @Test func anAbsenceShorterThanTheInertiaIsNoExit() {
        var visit = ZoneVisit()
        let inside = [true, true, true, true, false, false, true, true, false, false, false, false]
        let changes = inside.enumerated().flatMap { index, isInside in
            visit.observe(isInside: isInside, at: Self.time(Double(index) / 5), zone: Self.zone())
        }
        #expect(changes == [.entered(Self.time(0)), .left(dwell: 1.4, Self.time(1.4))])
    }

    @Test func loiteringIsReportedOnceAVisit() {
        let changes = Self.changes(rate: 5, inside: 0..<30, until: 40, Self.zone(loitering: 10))
        #expect(changes.count == 3 && changes[1] == .loitered(dwell: 10))
    }

    @Test func aVisitEndsWithItsObject() {
        let changes = Self.changes(rate: 5, inside: 0..<30, until: 2, Self.zone())
        #expect(changes == [.entered(Self.time(0)), .left(dwell: 2, Self.time(2))])
    }

    @Test(
        arguments: [
            ([(0.0, 0.0), (1, 0)], "a zone has at least three corners, not 2"),
            ([(0, 0), (1, 0), (1, 1.2)], "corner 3, [1.0, 1.2], is outside of the frame; coordinates are from 0 to 1"),
            ([(0, 0), (1, 1), (1, 0), (0, 1)], "its edges 1 and 3 cross; edge 1 begins at corner 1"),
            ([(0, 0), (0.5, 0.5), (1, 1)], "it has no area: all its corners are on one line"),
            ([(0, 0), (1, 0), (1, 1), (0, 1)], nil), ([(0, 0), (1, 0), (0.5, 0.5), (1, 1), (0, 1)], nil),
        ] as [([(Double, Double)], String?)])
    func aZoneThatIsNoPolygonIsExplained(_ corners: [(Double, Double)], _ problem: String?) {
        let zone = Zone(name: "z", polygon: Polygon(corners.map { Point(x: $0.0, y: $0.1) }))
        #expect(zone.problem == problem)
    }

    @Test func anObjectAtTheLowerEdgeStandsInAZoneThatReachesIt() {
        let zone = Polygon([(0, 0.5), (1, 0.5), (1, 1), (0, 1)].map { Point(x: $0.0, y: $0.1) })
        let place = ObjectAnchor.bottom.point(of: BoundingBox(x: 0.4, y: 0.2, width: 0.2, height: 0.9))
        #expect(zone.contains(x: place.x, y: place.y))
    }

    // MARK: - The lower edge of the frame

    /// Runs samples at 5 frames a second: inside all the time, cut off by the edge during some of it.
    private static func arrival(cutOff: Range<Double>, until end: Double) -> [ZoneVisit.Change] {
        var visit = ZoneVisit()
        return (0...Int(end * 5)).flatMap { index -> [ZoneVisit.Change] in
            let seconds = Double(index) / 5
            return visit.observe(
                isInside: true, isCutOff: cutOff.contains(seconds), at: time(seconds), zone: zone())
        } + visit.finish()
    }

    /// Someone comes in over the lower edge: the feet are not in the frame yet.
    @Test func anObjectThatComesInOverTheEdgeEntersWhenItIsSeenWhole() throws {
        let changes = Self.arrival(cutOff: 0..<1.5, until: 6)
        guard case .entered(let entry)? = changes.first else { throw FailedTest() }
        #expect(abs(entry.media - 1.6) < 1e-9)
    }

    /// Someone stands so near that the feet are never in the frame.
    @Test func anObjectThatStaysCutOffEntersAfterTwoSecondsAndHasBeenThereAllTheTime() throws {
        let changes = Self.arrival(cutOff: 0..<10, until: 6)
        guard case .entered(let entry)? = changes.first, case .left(let dwell, _)? = changes.last else {
            throw FailedTest()
        }
        #expect(entry.media == 0 && abs(dwell - 6) < 1e-9)
    }

    /// Someone in the zone comes nearer.
    @Test func anObjectInTheZoneStaysThereWhenTheEdgeCutsItOff() throws {
        let changes = Self.arrival(cutOff: 3..<20, until: 8)
        guard changes.count == 2, case .left(let dwell, _) = changes[1] else { throw FailedTest() }
        #expect(abs(dwell - 8) < 1e-9)
    }

    private struct FailedTest: Error {}
}
