import Basics
import Testing

@testable import Events

/// Objects that keep their number, and those that must not.
@Suite(.timeLimit(.minutes(10)))
struct TrackerIdentityTests {
    private static let rates = [2.0, 5, 10]
    /// Parts of a box that stay visible: the upper, lower, left and right one.
    private static let visibleParts: [@Sendable (BoundingBox, Double) -> BoundingBox] = [
        { box, hidden in
            BoundingBox(left: box.x, top: box.y, right: box.right, bottom: box.bottom - hidden * box.height)
        },
        { box, hidden in
            BoundingBox(left: box.x, top: box.y + hidden * box.height, right: box.right, bottom: box.bottom)
        },
        { box, hidden in BoundingBox(left: box.x, top: box.y, right: box.right - hidden * box.width, bottom: box.bottom)
        },
        { box, hidden in BoundingBox(left: box.x + hidden * box.width, top: box.y, right: box.right, bottom: box.bottom)
        },
    ]

    @Test(arguments: rates, [0.3, 0.4, 0.5, 0.6, 0.7])
    func aStandingObjectThatIsPartlyHiddenOnceStaysOneTrack(framesPerSecond: Double, hidden: Double) {
        for part in Self.visibleParts {
            for isMissedAfterwards in [false, true] {
                let hiddenFrame = Int(3 * framesPerSecond)
                let numbers = confirmed(framesPerSecond, seconds: 8) { frame in
                    if isMissedAfterwards, frame == hiddenFrame + 1 { return [] }
                    return [frame == hiddenFrame ? part(box(at: 0.4), hidden) : box(at: 0.4)]
                }
                #expect(numbers == [0])
            }
        }
    }

    @Test(arguments: [5.0, 10], [0.3, 0.5, 0.7])
    func aWalkingObjectThatIsPartlyHiddenOnceStaysOneTrack(framesPerSecond: Double, hidden: Double) {
        for part in Self.visibleParts {
            let hiddenFrame = Int(3 * framesPerSecond)
            let numbers = confirmed(framesPerSecond, seconds: 6) { frame in
                let box = box(at: 0.05 + 0.12 * Double(frame) / framesPerSecond)
                return [frame == hiddenFrame ? part(box, hidden) : box]
            }
            #expect(numbers == [0])
        }
    }

    /// Two people walk towards each other. While one hides the other, the detector sees one box.
    @Test(arguments: rates, [0.06, 0.08, 0.12])
    func crossingObjectsKeepTheirNumbers(framesPerSecond: Double, speed: Double) {
        guard speed / framesPerSecond <= 0.05 else { return }
        var tracker = Tracker()
        var numbers: [Set<Int>] = [[], []]
        for frame in 0...Int(6 * framesPerSecond) {
            let way = speed * (Double(frame) / framesPerSecond - 3)
            let boxes = [box(at: 0.45 + way), box(at: 0.45 - way)]
            let isMerged = boxes[0].intersectionOverUnion(with: boxes[1]) > 0.5
            _ = tracker.observe(
                boxes.prefix(isMerged ? 1 : 2).map(object), at: time(Double(frame) / framesPerSecond))
            guard abs(way) > 0.05 else { continue }
            for track in tracker.tracks where track.isConfirmed {
                for index in boxes.indices where track.box.intersectionOverUnion(with: boxes[index]) > 0.3 {
                    numbers[index].insert(track.number)
                }
            }
        }
        #expect(numbers[0].count == 1 && numbers[1].count == 1 && numbers[0] != numbers[1])
    }

    @Test(arguments: rates, [0.5, 1])
    func anObjectThatIsMissedForAWhileComesBackUnderItsNumber(framesPerSecond: Double, gap: Double) {
        for speed in [0.0, 0.06] {
            let numbers = confirmed(framesPerSecond, seconds: 8) { frame in
                let seconds = Double(frame) / framesPerSecond
                return seconds >= 4 && seconds < 4 + gap ? [] : [box(at: 0.1 + speed * seconds)]
            }
            #expect(numbers == [0])
        }
    }

    /// Where an object has gone, the detector sees it on with a low score, at the same place.
    @Test(arguments: rates)
    func aGhostEnds(framesPerSecond: Double) {
        var tracker = Tracker()
        var end: Double?
        for frame in 0..<Int(12 * framesPerSecond) {
            let seconds = Double(frame) / framesPerSecond
            var ghost = object(box(at: 0.4))
            if seconds > 4 { ghost.score = 0.2 }
            if !tracker.observe([ghost], at: time(seconds)).isEmpty { end = seconds }
        }
        let limit = 4 + TrackerSettings().lowScoreTime
        #expect(end.map { $0 > limit && $0 <= limit + 2 / framesPerSecond } == true)
        #expect(tracker.tracks.isEmpty)
    }

    @Test(arguments: rates)
    func aJumpIsAnotherObject(framesPerSecond: Double) {
        let jumpFrame = Int(3 * framesPerSecond)
        let far = confirmed(framesPerSecond, seconds: 6) { [box(at: $0 < jumpFrame ? 0.1 : 0.7)] }
        #expect(far == [0, 1])
        let large = BoundingBox(x: 0.2, y: 0.05, width: 0.5, height: 0.9)
        let grown = confirmed(framesPerSecond, seconds: 6) { [$0 < jumpFrame ? box(at: 0.4) : large] }
        #expect(grown == [0, 1])
    }

    /// An object that starts to walk, turns at once, and stops.
    @Test func anObjectThatTurnsStaysOneTrack() {
        let (framesPerSecond, speed) = (5.0, 0.12)
        let numbers = confirmed(framesPerSecond, seconds: 9) { frame in
            let seconds = Double(frame) / framesPerSecond
            let walked = min(max(seconds - 2, 0), 2) - min(max(seconds - 4, 0), 3)
            return [box(at: 0.4 + speed * walked)]
        }
        #expect(numbers == [0])
    }

    /// The number of calls is the frame rate of a still scene: it says nothing about the object.
    @Test func manyStillFramesSayTheSameAsOne() {
        var (once, often) = (walked(), walked())
        once.hold(at: time(12))
        for frame in 1...50 { often.hold(at: time(2 + Double(frame) / 5)) }
        #expect(once.predictedBoxes(at: 12.2) == often.predictedBoxes(at: 12.2))
        for seconds in [12.2, 12.4] {
            _ = once.observe([object(box(at: 0.3))], at: time(seconds))
            _ = often.observe([object(box(at: 0.3))], at: time(seconds))
            #expect(once.tracks == often.tracks)
        }
        #expect(once.tracks.map(\.number) == [0])
    }

    @Test func anObjectStandsWhileNothingMoves() throws {
        var tracker = walked()
        let before = try #require(tracker.tracks.first?.box)
        tracker.hold(at: time(2.2))
        let after = try #require(tracker.predictedBoxes(at: 3).first)
        #expect(abs(after.x - before.x) < 1e-12 && abs(after.width - before.width) < 1e-12)
    }

    /// A tracker that saw an object walk for two seconds.
    private func walked() -> Tracker {
        var tracker = Tracker()
        for frame in 0...10 {
            _ = tracker.observe([object(box(at: 0.1 + 0.02 * Double(frame)))], at: time(Double(frame) / 5))
        }
        return tracker
    }

    /// Returns the numbers of all confirmed tracks of boxes that a detector sees.
    private func confirmed(
        _ framesPerSecond: Double, seconds: Double, boxes: (_ frame: Int) -> [BoundingBox]
    ) -> Set<Int> {
        var tracker = Tracker()
        var numbers: Set<Int> = []
        for frame in 0..<Int(seconds * framesPerSecond) {
            _ = tracker.observe(boxes(frame).map(object), at: time(Double(frame) / framesPerSecond))
            numbers.formUnion(tracker.tracks.filter(\.isConfirmed).map(\.number))
        }
        return numbers
    }

    private func box(at x: Double) -> BoundingBox { BoundingBox(x: x, y: 0.4, width: 0.08, height: 0.25) }

    private func object(_ box: BoundingBox) -> ObjectDetection { ObjectDetection(label: 0, score: 0.8, box: box) }

    private func time(_ seconds: Double) -> SampleTime {
        SampleTime(monotonic: seconds, media: seconds, wallClock: Timestamp(milliseconds: 0))
    }
}
