import Basics
import Testing

@testable import Events

/// Events of objects: one start, one end, and what happens between them.
@Suite(.timeLimit(.minutes(10))) struct ObjectEventDetectorTests {
    static func settings(enter: Double = 0.4, update: Double? = nil) -> ObjectSettings {
        var thresholds = Thresholds(enter: enter, leave: 0.2)
        thresholds.update = update
        return ObjectSettings(targets: [
            LabelTarget(classes: [0], group: nil, thresholds: thresholds),
            LabelTarget(classes: [1], group: "thing", thresholds: thresholds),
        ])
    }

    static func object(
        x: Double, y: Double = 0.5, size: Double = 0.2, score: Double = 0.9, label: Int = 0
    ) -> ObjectDetection {
        ObjectDetection(
            label: label, score: score, box: BoundingBox(x: x - size / 2, y: y - size / 2, width: size, height: size))
    }

    /// Centers of an object that goes to the middle of the frame within 20 samples, stops, and leaves it.
    static func way(stopping: Int, leaving: Int) -> [Double] {
        var places: [Double] = []
        for index in 0..<20 { places.append(0.1 + 0.02 * Double(index)) }
        places += [Double](repeating: 0.5, count: stopping)
        for index in 0..<leaving { places.append(0.5 + 0.02 * Double(index)) }
        return places
    }

    /// Runs samples at 5 frames a second, and returns the changes in short.
    private static func run(
        _ samples: [[ObjectDetection]], _ settings: ObjectSettings = settings(), finish: EndReason? = .sourceEnded
    ) -> [String] {
        var detector = ObjectEventDetector(settings: settings)
        var changes: [ObjectChange] = []
        for (index, sample) in samples.enumerated() {
            changes += detector.observe(sample, at: ZoneVisitTests.time(Double(index) / 5))
        }
        if let finish { changes += detector.finish(finish) }
        return changes.map(short)
    }

    static func short(_ change: ObjectChange) -> String {
        let number = change.object.number
        return switch change {
        case .started: "start \(number)"
        case .updated: "update \(number)"
        case .ended(_, let reason): "end \(number) \(reason.rawValue)"
        case .entered(_, let zone, _): "enter \(number) \(zone)"
        case .left(_, let zone, _, _): "leave \(number) \(zone)"
        case .loitered(_, let zone, _, _): "loiter \(number) \(zone)"
        case .crossed(_, let line, let direction, _): "cross \(number) \(line) \(direction)"
        case .stopped: "stationary \(number)"
        case .moved: "moving \(number)"
        }
    }

    // MARK: - Start and end

    /// frigate#8397, #3255, #476.
    @Test func anObjectHasOneStartAndOneEnd() {
        let way = (0..<40).map { [Self.object(x: 0.1 + 0.02 * Double($0))] }
        #expect(Self.run(way + Array(repeating: [], count: 15)) == ["start 0", "end 0 cleared"])
        #expect(Self.run(way) == ["start 0", "end 0 source_ended"])
    }

    /// Misses in between, as of a person behind a pillar, do not end it.
    @Test func aGapOfASecondIsNoEnd() {
        let way = (0..<40).map { (12..<17).contains($0) ? [] : [Self.object(x: 0.1 + 0.01 * Double($0))] }
        #expect(Self.run(way) == ["start 0", "end 0 source_ended"])
    }

    /// frigate#1246.
    @Test func oneWildBoxIsNoEvent() {
        let samples = (0..<20).map { $0 == 10 ? [Self.object(x: 0.5, size: 0.8, score: 0.99)] : [] }
        #expect(Self.run(samples) == [])
    }

    @Test func anObjectBelowTheEnterThresholdIsNoEvent() {
        let samples = Array(repeating: [Self.object(x: 0.5, score: 0.55)], count: 20)
        #expect(Self.run(samples, Self.settings(enter: 0.6)) == [])
        #expect(Self.run(samples, Self.settings(enter: 0.5)).count == 2)
    }

    @Test func twoObjectsAreTwoEvents() {
        let samples = (0..<20).map { index in
            [Self.object(x: 0.2 + 0.01 * Double(index)), Self.object(x: 0.8 - 0.01 * Double(index), y: 0.2, label: 1)]
        }
        #expect(Self.run(samples).sorted() == ["end 0 source_ended", "end 1 source_ended", "start 0", "start 1"])
    }

    @Test func timeThatJumpsBackEndsAllObjects() {
        var detector = ObjectEventDetector(settings: Self.settings())
        var changes: [ObjectChange] = []
        for seconds in [10.0, 10.2, 10.4, 10.6, 3, 3.2, 3.4, 3.6] {
            changes += detector.observe([Self.object(x: 0.5)], at: ZoneVisitTests.time(seconds))
        }
        #expect(changes.map(Self.short) == ["start 0", "end 0 source_lost", "start 1"])
    }

    // MARK: - Filters

    /// frigate#137, #1743.
    @Test func filteredObjectsAreNoEvents() {
        let samples = Array(repeating: [Self.object(x: 0.5)], count: 10)
        func count(_ change: (inout ObjectSettings) -> Void) -> Int {
            var settings = Self.settings()
            change(&settings)
            return Self.run(samples, settings).count
        }
        #expect(count { _ in } == 2)
        #expect(count { $0.sizes[0] = SizeFilter(minimumArea: 0.05) } == 0)
        #expect(count { $0.sizes[0] = SizeFilter(maximumArea: 0.03) } == 0)
        #expect(count { $0.sizes[0] = SizeFilter(minimumRatio: 1.5) } == 0)
        #expect(count { $0.sizes[0] = SizeFilter(maximumRatio: 0.5) } == 0)
        #expect(count { $0.sizes[0] = SizeFilter(minimumArea: 0.03, maximumArea: 0.05, maximumRatio: 1.1) } == 2)
        #expect(count { $0.targets.removeFirst() } == 0)
        let lowerHalf = Polygon([(0, 0.5), (1, 0.5), (1, 1), (0, 1)].map { Point(x: $0.0, y: $0.1) })
        #expect(count { $0.masks = [lowerHalf] } == 0)
    }

    // MARK: - Zones and lines

    @Test func zonesAndLinesOnTheWay() {
        var settings = Self.settings()
        var zone = Zone(
            name: "yard", polygon: Polygon([(0.4, 0), (0.8, 0), (0.8, 1), (0.4, 1)].map { Point(x: $0.0, y: $0.1) }))
        zone.loitering = 1
        settings.zones = [zone]
        settings.lines = [CountingLine(name: "gate", from: Point(x: 0.3, y: 0), to: Point(x: 0.3, y: 1))]
        let way = (0..<45).map { [Self.object(x: 0.1 + 0.02 * Double($0))] }
        #expect(
            Self.run(way, settings) == [
                "start 0", "cross 0 gate left", "enter 0 yard", "loiter 0 yard", "leave 0 yard", "end 0 source_ended",
            ])
    }

    /// An object leaves over the edge just behind a line, and its last box is a wrong one.
    @Test func aWrongBoxAtTheEndHidesNoCrossing() {
        var settings = Self.settings()
        settings.lines = [CountingLine(name: "gate", from: Point(x: 0.8, y: 0), to: Point(x: 0.8, y: 1))]
        let way = (0..<16).map { [Self.object(x: 0.215 + 0.04 * Double($0), size: 0.3)] }
        #expect(way.last?.first?.box.center.x == 0.815)
        let wrong = [Self.object(x: 0.6, size: 0.8)]
        let nothing = [[ObjectDetection]](repeating: [], count: 20)
        #expect(Self.run(way + [wrong] + nothing, settings) == ["start 0", "cross 0 gate left", "end 0 cleared"])
        #expect(Self.run(way + nothing, settings) == ["start 0", "cross 0 gate left", "end 0 cleared"])
        #expect(Self.run(Array(way.prefix(14)) + [wrong] + nothing, settings) == ["start 0", "end 0 cleared"])
    }

    @Test func zonesAndLinesOfOtherLabelsAreNothing() {
        var settings = Self.settings()
        var zone = Zone(
            name: "yard", polygon: Polygon([(0, 0), (1, 0), (1, 1), (0, 1)].map { Point(x: $0.0, y: $0.1) }))
        zone.classes = [1]
        settings.zones = [zone]
        var line = CountingLine(name: "gate", from: Point(x: 0.3, y: 0), to: Point(x: 0.3, y: 1))
        line.classes = [1]
        settings.lines = [line]
        let way = (0..<40).map { [Self.object(x: 0.1 + 0.02 * Double($0))] }
        #expect(Self.run(way, settings) == ["start 0", "end 0 source_ended"])
    }

    @Test func crossingsAreCountedAndPeopleInTheZone() {
        var settings = Self.settings()
        settings.lines = [CountingLine(name: "gate", from: Point(x: 0.3, y: 0), to: Point(x: 0.3, y: 1))]
        settings.zones = [
            Zone(name: "yard", polygon: Polygon([(0.4, 0), (1, 0), (1, 1), (0.4, 1)].map { Point(x: $0.0, y: $0.1) }))
        ]
        var detector = ObjectEventDetector(settings: settings)
        for index in 0..<30 {
            _ = detector.observe(
                [Self.object(x: 0.1 + 0.02 * Double(index))], at: ZoneVisitTests.time(Double(index) / 5))
        }
        #expect(detector.lineCounts.map(\.1) == [1] && detector.lineCounts[0].0.direction == "left")
        #expect(
            detector.occupancy == [
                .init(zone: nil, label: 0, count: 1), .init(zone: "yard", label: 0, count: 1),
            ])
        _ = detector.finish(.shutdown)
        #expect(detector.occupancy.isEmpty && detector.lineCounts.map(\.1) == [1])
    }

    /// frigate#3990: occupancy was slow to turn on. It is on with the start, and off with the end.
    @Test(arguments: [1.0, 5, 25]) func occupancyIsOnAfterASecondAndOffAfterTheClearDelay(rate: Double) throws {
        var detector = ObjectEventDetector(settings: Self.settings())
        var on: Double?
        var off: Double?
        for index in 0..<Int(20 * rate) {
            let seconds = Double(index) / rate
            _ = detector.observe(seconds < 8 ? [Self.object(x: 0.5)] : [], at: ZoneVisitTests.time(seconds))
            let isOn = detector.occupancy.contains { $0.count == 1 }
            if isOn { on = on ?? seconds } else if on != nil { off = off ?? seconds }
        }
        #expect(try #require(on) <= 1)
        #expect((1.7...4).contains(try #require(off) - 8), "slow off: a short miss is no absence")
    }

    @Test func aReloadOfZonesKeepsObjects() {
        var detector = ObjectEventDetector(settings: Self.settings())
        var changes: [ObjectChange] = []
        for index in 0..<10 {
            changes += detector.observe([Self.object(x: 0.5)], at: ZoneVisitTests.time(Double(index) / 5))
        }
        var settings = Self.settings()
        settings.zones = [
            Zone(name: "yard", polygon: Polygon([(0, 0), (1, 0), (1, 1), (0, 1)].map { Point(x: $0.0, y: $0.1) }))
        ]
        changes += detector.replace(settings)
        for index in 10..<20 {
            changes += detector.observe([Self.object(x: 0.5)], at: ZoneVisitTests.time(Double(index) / 5))
        }
        changes += detector.replace(Self.settings())
        changes += detector.finish(.shutdown)
        #expect(changes.map(Self.short) == ["start 0", "enter 0 yard", "leave 0 yard", "end 0 shutdown"])
    }

    // MARK: - Standing still

    /// frigate#195, #2842, #9001: a parked car stays one object, over days without motion and with samples now and then.
    @Test func aParkedCarStaysOneObjectForDays() {
        var detector = ObjectEventDetector(settings: Self.settings(update: 1))
        var changes: [ObjectChange] = []
        var seconds = 0.0
        for _ in 0..<75 {
            changes += detector.observe([Self.object(x: 0.5)], at: ZoneVisitTests.time(seconds))
            seconds += 0.2
        }
        // Three days, a sample a minute by the heartbeat, and held frames between them.
        for minute in 0..<3 * 24 * 60 {
            for second in 1...59 where minute < 3 || second.isMultiple(of: 20) {
                changes += detector.hold(at: ZoneVisitTests.time(seconds + Double(second)))
            }
            seconds += 60
            let jitter = minute.isMultiple(of: 2) ? 0.004 : -0.004
            changes += detector.observe(
                [Self.object(x: 0.5 + jitter, score: 0.6 + jitter)], at: ZoneVisitTests.time(seconds))
        }
        #expect(changes.map(Self.short) == ["start 0", "stationary 0"])
        #expect(detector.present.first.map { $0.duration > 3 * 86_000 } == true)
        let end = detector.finish(.shutdown)
        #expect(end.map(Self.short) == ["end 0 shutdown"] && (end[0].object.path.points.count) <= 32)
    }

    @Test func anObjectThatStopsAndGoesOnSaysSo() {
        let way = Self.way(stopping: 70, leaving: 20)
        #expect(
            Self.run(way.map { [Self.object(x: $0)] }) == [
                "start 0", "stationary 0", "moving 0", "end 0 source_ended",
            ])
    }

    /// frigate#6551.
    @Test func updatesAreWrittenOnlyWithSomethingNew() {
        let standing = Array(repeating: [Self.object(x: 0.5)], count: 45)
        #expect(Self.run(standing, Self.settings(update: 1)) == ["start 0", "end 0 source_ended"])
        let moving = (0..<30).map { [Self.object(x: 0.2 + 0.02 * Double($0))] }
        #expect(Self.run(moving, Self.settings(update: 1)).count(where: { $0 == "update 0" }) == 5)
    }

    // MARK: - Samples

    @Test func samplesAreWantedWhileAnObjectIsUncertain() {
        var detector = ObjectEventDetector(settings: Self.settings())
        #expect(detector.wantsSample, "there is no sample yet")
        _ = detector.observe([], at: ZoneVisitTests.time(0))
        #expect(!detector.wantsSample)
        _ = detector.observe([Self.object(x: 0.5)], at: ZoneVisitTests.time(0.2))
        #expect(detector.wantsSample, "it is not confirmed yet")
        for index in 2..<6 { _ = detector.observe([Self.object(x: 0.5)], at: ZoneVisitTests.time(Double(index) / 5)) }
        #expect(!detector.wantsSample)
        _ = detector.observe([], at: ZoneVisitTests.time(1.2))
        #expect(detector.wantsSample, "it is missing")
    }

    @Test func theSameSamplesGiveTheSameEvents() {
        let samples = (0..<60).map { index in
            (0..<5).map {
                Self.object(x: 0.1 + 0.013 * Double(index), y: 0.1 + 0.2 * Double($0), size: 0.1, score: 0.5)
            }
        }
        #expect(Self.run(samples) == Self.run(samples))
    }

    /// Also what a broken network may say.
    @Test func hostileDetectionsAreSurvived() {
        let values = [Double.nan, .infinity, -.infinity, 1e300, -1e300, 0, 1e-300]
        var detector = ObjectEventDetector(settings: Self.settings())
        for (index, value) in values.enumerated() {
            let box = BoundingBox(x: value, y: value, width: value, height: value)
            let detections = [
                ObjectDetection(label: 0, score: value, box: box), ObjectDetection(label: 0, score: 0.9, box: box),
                ObjectDetection(
                    label: 1, score: 0.9, box: BoundingBox(x: 0.1, y: 0.1, width: value, height: 0.2)),
            ]
            _ = detector.observe(detections, at: ZoneVisitTests.time(Double(index) / 5))
        }
        _ = detector.finish(.shutdown)
    }
}
