import Basics
import Testing

@testable import Events

/// One wrong box sets off nothing (frigate#1246), whatever follows it.
@Suite(.timeLimit(.minutes(10))) struct WrongBoxTests {
    private typealias Tests = ObjectEventDetectorTests

    /// A line at x = 0.53, and a zone on its right.
    private static func settings() -> ObjectSettings {
        var settings = Tests.settings()
        settings.lines = [CountingLine(name: "gate", from: Point(x: 0.53, y: 0), to: Point(x: 0.53, y: 1))]
        settings.zones = [
            Zone(
                name: "yard",
                polygon: Polygon([(0.53, 0), (1, 0), (1, 1), (0.53, 1)].map { Point(x: $0.0, y: $0.1) }))
        ]
        return settings
    }

    /// An object stands for 12 s, one box is wrong, and it stands for 12 s more, at 5 frames a second. Frames without
    /// motion follow the wrong box.
    private static func run(shift: Double, held: Int) -> (changes: [String], wantsSample: Bool) {
        var detector = ObjectEventDetector(settings: settings())
        var changes: [ObjectChange] = []
        var wantsSample = false
        var frame = 0
        func time() -> SampleTime {
            defer { frame += 1 }
            return ZoneVisitTests.time(Double(frame) / 5)
        }
        for index in 0...120 {
            let x = index == 60 ? 0.5 + shift : 0.5
            changes += detector.observe([Tests.object(x: x)], at: time())
            guard index == 60 else { continue }
            wantsSample = detector.wantsSample
            for _ in 0..<held { changes += detector.hold(at: time()) }
        }
        return (changes.map(Tests.short), wantsSample)
    }

    @Test(arguments: [0.05, 0.08, 0.1], [0, 1, 10])
    func aWrongBoxBesideLineAndZoneIsNothing(_ shift: Double, _ held: Int) {
        let (changes, wantsSample) = Self.run(shift: shift, held: held)
        #expect(changes == ["start 0", "stationary 0"])
        #expect(wantsSample, "the next sample decides")
    }

    /// What stays there after the motion has crossed and entered: the next sample says so.
    @Test func anObjectThatStopsBehindTheLineHasCrossedIt() {
        var detector = ObjectEventDetector(settings: Self.settings())
        var changes: [ObjectChange] = []
        let places = [0.3, 0.34, 0.38, 0.42, 0.46, 0.5, 0.54, 0.58, 0.58, 0.58, 0.58]
        for (index, x) in places.enumerated() {
            changes += detector.observe([Tests.object(x: x)], at: ZoneVisitTests.time(Double(index) / 5))
        }
        #expect(changes.map(Tests.short) == ["start 0", "cross 0 gate left", "enter 0 yard"])
        #expect(!detector.wantsSample)
    }

    /// 2 frames a second, so that a single sample is as long as the inertia.
    @Test(arguments: [[true, true, true, false, true, true], [false, false, true, false, false]])
    func oneSampleAsLongAsTheInertiaIsNoVisitAndNoAbsence(_ inside: [Bool]) {
        var visit = ZoneVisit()
        var zone = Zone(name: "z", polygon: Polygon([]))
        zone.inertia = 0.5
        let changes = inside.enumerated().flatMap { index, isInside in
            visit.observe(isInside: isInside, at: ZoneVisitTests.time(Double(index) / 2), zone: zone)
        }
        #expect(changes == (inside[0] ? [.entered(ZoneVisitTests.time(0))] : []))
    }

    @Test func framesWithoutMotionConfirmNoVisit() {
        var visit = ZoneVisit()
        let zone = Zone(name: "z", polygon: Polygon([]))
        func observe(_ isInside: Bool, _ seconds: Double, isHeld: Bool = false) -> [ZoneVisit.Change] {
            visit.observe(isInside: isInside, at: ZoneVisitTests.time(seconds), zone: zone, isHeld: isHeld)
        }
        #expect(observe(true, 0) == [] && visit.wantsSample)
        #expect(observe(true, 5, isHeld: true) == [] && visit.wantsSample)
        #expect(observe(true, 6) == [.entered(ZoneVisitTests.time(0))] && !visit.wantsSample)
        #expect(observe(true, 60, isHeld: true) == [])
        #expect(observe(false, 61) == [] && visit.wantsSample)
        #expect(observe(false, 70, isHeld: true) == [])
        #expect(observe(false, 71) == [.left(dwell: 60, ZoneVisitTests.time(60))] && !visit.wantsSample)
    }

    @Test func oneWrongBoxIsNoMovement() {
        var standstill = Standstill(Tests.object(x: 0.5).box, at: ZoneVisitTests.time(0))
        func observe(_ x: Double, _ seconds: Double, isHeld: Bool = false) -> Bool? {
            standstill.observe(Tests.object(x: x).box, at: ZoneVisitTests.time(seconds), delay: 10, isHeld: isHeld)
        }
        #expect(observe(0.5, 10) == true)
        #expect(observe(0.7, 11) == nil && observe(0.7, 12, isHeld: true) == nil && standstill.wantsSample)
        #expect(observe(0.5, 13) == nil && !standstill.wantsSample && standstill.isStationary)
        #expect(observe(0.7, 14) == nil && observe(0.72, 15) == false && !standstill.isStationary)
    }

    @Test func countsOfLinesThatAreGoneAreForgotten() {
        var detector = ObjectEventDetector(settings: Self.settings())
        for index in 0..<30 {
            _ = detector.observe(
                [Tests.object(x: 0.3 + 0.02 * Double(index))], at: ZoneVisitTests.time(Double(index) / 5))
        }
        _ = detector.replace(Self.settings())
        #expect(detector.lineCounts.map(\.1) == [1])
        _ = detector.replace(Tests.settings())
        #expect(detector.lineCounts.isEmpty)
    }
}
