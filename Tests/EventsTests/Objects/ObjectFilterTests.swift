import Basics
import Testing

@testable import Events

/// Objects that are not wanted are no objects, and cost nothing.
@Suite(.timeLimit(.minutes(10))) struct ObjectFilterTests {
    private typealias Base = ObjectEventDetectorTests

    /// A mask over the middle of the frame.
    private static let mask = area(0.4, 0.6)

    /// frigate#1743. It would enter the zone and cross the line below the mask.
    @Test func anObjectThatEntersAMaskEndsAndReportsNothingThere() {
        var settings = Base.settings(update: 0.2)
        settings.masks = [Self.mask]
        settings.zones = [Zone(name: "yard", polygon: Self.area(0.45, 0.55))]
        settings.lines = [CountingLine(name: "gate", from: Point(x: 0.5, y: 0), to: Point(x: 0.5, y: 1))]
        settings.stationaryAfter = 1
        var samples = (0..<12).map { [Base.object(x: 0.14 + 0.02 * Double($0))] }
        samples += (0..<10).map { [Base.object(x: 0.38 + 0.02 * Double($0))] }
        samples += Array(repeating: [Base.object(x: 0.55)], count: 40)
        let changes = Self.run(samples, settings)
        let names = changes.map(Base.short)
        #expect(names.first == "start 0" && names.last == "end 0 cleared")
        #expect(Set(names.dropFirst().dropLast()) == ["update 0"])
        #expect(changes.allSatisfy { $0.object.box.bottomCenter.x < 0.4 })
    }

    @Test func anObjectThatPassesANarrowMaskIsStillTheSame() {
        var settings = Base.settings()
        settings.masks = [Self.area(0.45, 0.55)]
        let samples = (0..<40).map { [Base.object(x: 0.1 + 0.02 * Double($0))] }
        #expect(Self.run(samples, settings).map(Base.short) == ["start 0"])
    }

    @Test func objectsThatTheFiltersRejectAskForNoSamples() {
        var sizes = Base.settings()
        sizes.sizes[0] = SizeFilter(minimumArea: 0.5)
        var masks = Base.settings()
        masks.masks = [Self.mask]
        var labels = Base.settings()
        labels.targets.removeFirst()
        for settings in [sizes, masks, labels] {
            var detector = ObjectEventDetector(settings: settings)
            for index in 0..<10 {
                let isMissing = index == 7
                _ = detector.observe(
                    isMissing ? [] : [Base.object(x: 0.5)], at: ZoneVisitTests.time(Double(index) / 5))
                let wantsSample = detector.wantsSample
                #expect(!wantsSample)
            }
        }
    }

    /// A vehicle that was taken for a person at first.
    @Test func aChangedLabelGivesAnUpdate() {
        let samples = (0..<30).map { [Base.object(x: 0.5, label: $0 < 6 ? 0 : 1)] }
        let changes = Self.run(samples, Base.settings(update: 1))
        #expect(changes.map(Base.short) == ["start 0", "update 0"])
        #expect(changes.map(\.object.label) == [0, 1])
        #expect(Self.run(samples, Base.settings()).map(Base.short) == ["start 0"])
    }

    /// frigate#2965, #3070: where an object was, the network goes on to see one with a low score.
    @Test(arguments: [2.0, 5, 10])
    func aGhostEnds(framesPerSecond: Double) {
        let samples = (0..<Int(20 * framesPerSecond)).map { index in
            [Base.object(x: 0.5, score: Double(index) < 5 * framesPerSecond ? 0.8 : 0.25)]
        }
        #expect(Self.run(samples, Base.settings(), framesPerSecond).map(Base.short) == ["start 0", "end 0 cleared"])
    }

    /// viseron#1363: a car that stands has no event because something else moves.
    @Test func whatMovesElsewhereMakesNoEventOfAParkedObject() {
        let samples = (0..<200).map { index in
            let walker = Base.object(x: 0.1 + 0.004 * Double(index), y: 0.2, size: 0.1)
            return index < 30 ? [Base.object(x: 0.5, y: 0.7)] : [Base.object(x: 0.5, y: 0.7), walker]
        }
        var settings = Base.settings(update: 1)
        settings.stationaryAfter = 3
        let parked = Self.run(samples, settings).filter { $0.object.number == 0 }
        #expect(parked.map(Base.short) == ["start 0", "stationary 0"])
    }

    private static func run(
        _ samples: [[ObjectDetection]], _ settings: ObjectSettings, _ framesPerSecond: Double = 5
    ) -> [ObjectChange] {
        var detector = ObjectEventDetector(settings: settings)
        return samples.enumerated().flatMap { index, sample in
            detector.observe(sample, at: ZoneVisitTests.time(Double(index) / framesPerSecond))
        }
    }

    /// The part of the frame between two vertical lines.
    private static func area(_ left: Double, _ right: Double) -> Polygon {
        Polygon([(left, 0.0), (right, 0), (right, 1), (left, 1)].map { Point(x: $0.0, y: $0.1) })
    }
}
