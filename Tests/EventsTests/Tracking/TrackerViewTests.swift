import Basics
import Testing

@testable import Events

/// What a detector sees of an object, and how often, makes no second track.
@Suite(.timeLimit(.minutes(10))) struct TrackerViewTests {
    private static func box(_ x: Double, _ y: Double, _ width: Double, _ height: Double) -> BoundingBox {
        BoundingBox(x: x, y: y, width: width, height: height)
    }

    private static func object(_ box: BoundingBox, score: Double = 0.9) -> ObjectDetection {
        ObjectDetection(label: 0, score: score, box: box)
    }

    private static func time(_ seconds: Double) -> SampleTime {
        SampleTime(monotonic: seconds, media: seconds, wallClock: Timestamp(milliseconds: 0))
    }

    /// Detectors see the upper half of a person, or the person with the surroundings, with low scores as well.
    @Test func anotherViewOfAnObjectContinuesNoOtherTrack() {
        let person = Self.box(0.4, 0.2, 0.1, 0.4)
        let surroundings = Self.box(0.3, 0.15, 0.4, 0.5)
        var tracker = Tracker()
        var ended: [Track] = []
        for frame in 0..<40 {
            let score = frame < 5 ? 0.5 : 0.2
            ended += tracker.observe(
                [Self.object(person), Self.object(surroundings, score: score)], at: Self.time(Double(frame) / 5))
        }
        #expect(tracker.tracks.map(\.number) == [0])
        #expect(ended.map(\.number) == [1] && ended.map(\.detections) == [5])
    }

    /// Two labels at one place are one object, with the label of the higher scores.
    @Test func oneObjectWithTwoLabelsIsOneTrack() {
        var tracker = Tracker()
        for frame in 0..<20 {
            let box = Self.box(0.4, 0.2, 0.1, 0.2)
            let bike = ObjectDetection(label: 2, score: frame % 3 == 0 ? 0.8 : 0.5, box: box)
            let vehicle = ObjectDetection(label: 1, score: 0.6, box: Self.box(0.4, 0.21, 0.11, 0.2))
            _ = tracker.observe([bike, vehicle], at: Self.time(Double(frame) / 5))
        }
        #expect(tracker.tracks.map(\.number) == [0])
    }

    /// A look now and then counts for the time since the last one, but a single look is no proof.
    @Test func anObjectThatIsSearchedSeldomEndsAfterTwoMissesAtLeast() {
        var tracker = Tracker()
        let place = Self.box(0.4, 0.4, 0.02, 0.05)
        for frame in 0..<5 { _ = tracker.observe([Self.object(place)], at: Self.time(Double(frame) / 5)) }
        let crop = Coverage(hasWholeFrame: false, crops: [Self.box(0.35, 0.35, 0.15, 0.15)])
        let elsewhere = Coverage(hasWholeFrame: true)
        var misses = 0
        for frame in 5..<200 {
            let isSearched = frame % 50 == 0
            misses += isSearched ? 1 : 0
            let ended = tracker.observe([], coverage: isSearched ? crop : elsewhere, at: Self.time(Double(frame) / 5))
            if !ended.isEmpty { break }
        }
        #expect(misses == 2 && tracker.tracks.isEmpty)
    }

    @Test func theTypicalScoreIsAMedianThatFewDetectionsDoNotRaise() {
        func typical(_ scores: [Double]) -> Double {
            var track = Track(
                number: 0, Self.object(Self.box(0, 0, 1, 1), score: scores[0]), at: Self.time(0))
            for score in scores.dropFirst() {
                track.add(Self.object(Self.box(0, 0, 1, 1), score: score), at: Self.time(1))
            }
            return track.typicalScore
        }
        #expect(typical([0.9]) == 0)
        #expect(typical([0.9, 0.6]) == 0.6)
        #expect(typical([0.2, 0.9, 0.5]) == 0.5)
        #expect(typical([0.2, 0.2, 0.9, 0.2]) == 0.2)
        #expect(typical(Array(repeating: 0.1, count: 20) + Array(repeating: 0.8, count: 10)) == 0.8)
    }
}
