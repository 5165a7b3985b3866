import Basics
import Testing

@testable import Events

/// The best frame of an object is one that people want to see.
@Suite(.timeLimit(.minutes(10))) struct ImageQualityTests {
    private typealias Objects = ObjectEventDetectorTests

    /// Runs samples at 5 frames a second, and returns the best time of the object at its end.
    private static func best(_ samples: [[ObjectDetection]], _ settings: ObjectSettings = Objects.settings()) -> Double?
    {
        var detector = ObjectEventDetector(settings: settings)
        for (index, sample) in samples.enumerated() {
            _ = detector.observe(sample, at: ZoneVisitTests.time(Double(index) / 5))
        }
        for case .ended(let object, _) in detector.finish(.sourceEnded) { return object.best.monotonic }
        return nil
    }

    @Test func theLargestImageIsTheBest() {
        let samples = (0..<20).map { [Objects.object(x: 0.5, size: 0.2 + 0.02 * Double(10 - abs(10 - $0)))] }
        #expect(Self.best(samples) == 2)
    }

    /// A gain of a few per cent makes no new image.
    @Test func aSlightlyBetterImageIsNoNewOne() {
        let samples = (0..<20).map { [Objects.object(x: 0.5, score: 0.9 + 0.004 * Double($0))] }
        let first = Self.best(Array(samples.prefix(6)))
        #expect(first != nil && Self.best(samples) == first)
    }

    /// blakeblackshear/frigate#5256: the best snapshot lay outside of the required zone.
    @Test func aFrameInAZoneIsBetterThanALargerOneElsewhere() throws {
        var settings = Objects.settings()
        settings.zones = [
            Zone(
                name: "door",
                polygon: Polygon([Point(x: 0.5, y: 0), Point(x: 1, y: 0), Point(x: 1, y: 1), Point(x: 0.5, y: 1)]))
        ]
        // It is large on the left, and gets smaller on its way to the right.
        let samples = (0..<30).map { [Objects.object(x: 0.2 + 0.02 * Double($0), size: 0.3 - 0.004 * Double($0))] }
        let best = try #require(Self.best(samples, settings))
        #expect(0.2 + 0.02 * best * 5 > 0.5, "at \(best) s")
        #expect(try #require(Self.best(samples)) < 1.5)
    }

    @Test func anObjectThatTheEdgeCutsOffCountsHalf() {
        let whole = ImageQuality(BoundingBox(x: 0.1, y: 0.1, width: 0.2, height: 0.2), score: 1, isInZone: false)
        let cut = ImageQuality(BoundingBox(x: 0, y: 0.1, width: 0.2, height: 0.3), score: 1, isInZone: false)
        #expect(whole.isClearlyBetter(than: cut) && !cut.isClearlyBetter(than: whole))
    }
}
