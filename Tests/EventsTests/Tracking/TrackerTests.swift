import Basics
import Testing

@testable import Events

@Suite(.timeLimit(.minutes(10)))
struct TrackerTests {
    @Test(arguments: [2.0, 5, 15])
    func aTrackIsConfirmedAfterSecondsAtEachFrameRate(framesPerSecond: Double) {
        var tracker = Tracker()
        for frame in 0..<20 {
            let seconds = Double(frame) / framesPerSecond
            _ = tracker.observe([object(at: 0.3)], at: time(seconds))
            #expect(tracker.tracks.count == 1)
            #expect(tracker.tracks.first?.isConfirmed == (seconds >= 0.3))
        }
    }

    @Test func lowScoresContinueATrackAndStartNone() {
        var tracker = Tracker()
        for frame in 0..<10 {
            let score = frame < 3 ? 0.9 : 0.2
            let detections = [object(at: 0.3, score: score), object(at: 0.7, score: 0.2)]
            _ = tracker.observe(detections, at: time(Double(frame) / 5))
        }
        #expect(tracker.tracks.map(\.detections) == [10])
    }

    /// Where an object has gone, networks see a ghost with low scores: often a larger piece of the scene.
    @Test func aLowScoreThatDoesNotFitContinuesNoTrack() {
        var tracker = Tracker()
        var ended: [Track] = []
        for frame in 0..<40 {
            let ghost = ObjectDetection(label: 0, score: 0.2, box: BoundingBox(x: 0.2, y: 0.2, width: 0.5, height: 0.5))
            ended += tracker.observe([frame < 10 ? object(at: 0.3) : ghost], at: time(Double(frame) / 5))
        }
        #expect(ended.map(\.detections) == [10] && tracker.tracks.isEmpty)
    }

    @Test func aWildBoxDoesNotMoveATrackOrStartAConfirmedOne() {
        var tracker = Tracker()
        for frame in 0..<10 {
            let wild = ObjectDetection(label: 0, score: 0.9, box: BoundingBox(x: 0, y: 0, width: 1, height: 1))
            _ = tracker.observe([frame == 5 ? wild : object(at: 0.3)], at: time(Double(frame) / 5))
        }
        #expect(tracker.tracks.filter(\.isConfirmed).map(\.number) == [0])
        #expect(abs((tracker.tracks.first?.box.x ?? 0) - 0.3) < 0.01)
    }

    @Test func anObjectKeepsItsNumberOverAGap() {
        var tracker = Tracker()
        for frame in 0..<20 {
            let isHidden = (8..<13).contains(frame)
            let position = 0.1 + 0.02 * Double(frame)
            _ = tracker.observe(isHidden ? [] : [object(at: position)], at: time(Double(frame) / 5))
        }
        #expect(tracker.tracks.map(\.number) == [0])
    }

    @Test func theLabelIsTheOneWithTheMostVotes() {
        var tracker = Tracker()
        for frame in 0..<9 {
            let label = frame % 3 == 1 ? 7 : 2
            _ = tracker.observe([object(at: 0.3, label: label)], at: time(Double(frame) / 5))
        }
        #expect(tracker.tracks.map(\.label) == [2])
    }

    @Test func aParkedObjectStaysOneTrackForThreeDaysWithoutMotion() {
        var tracker = Tracker()
        for frame in 0..<10 { _ = tracker.observe([object(at: 0.3)], at: time(Double(frame) / 5)) }
        for minute in 1...(3 * 24 * 60) { tracker.hold(at: time(2 + 60 * Double(minute))) }
        #expect(tracker.observe([object(at: 0.3)], at: time(259_300)).isEmpty)
        #expect(tracker.tracks.map(\.number) == [0])
    }

    @Test func aTrackThatIsNotLookedForIsNotMissed() {
        var tracker = Tracker()
        for frame in 0..<5 { _ = tracker.observe([object(at: 0.3)], at: time(Double(frame) / 5)) }
        let elsewhere = Coverage(
            hasWholeFrame: false, crops: [BoundingBox(x: 0.7, y: 0.7, width: 0.3, height: 0.3)])
        for second in 1...60 { #expect(tracker.observe([], coverage: elsewhere, at: time(Double(second))).isEmpty) }
        #expect(tracker.tracks.count == 1)
        #expect(tracker.observe([], at: time(63)).map(\.number) == [0])
    }

    @Test func timeThatGoesBackwardsAndHostileBoxesDoNotTrap() {
        var tracker = Tracker()
        let values = [Double.nan, .infinity, -.infinity, 1e300, 0, -1, 1e-300]
        for (index, value) in values.enumerated() {
            let box = BoundingBox(x: value, y: 0.1, width: 0.2, height: value)
            let detections = [ObjectDetection(label: -5, score: value, box: box), object(at: 0.3)]
            _ = tracker.observe(detections, at: time(index % 2 == 0 ? -Double(index) : value))
        }
        #expect(tracker.tracks.map(\.number) == [0])
    }

    @Test func theNumberOfTracksIsBounded() {
        var settings = TrackerSettings()
        settings.maximumTracks = 3
        var tracker = Tracker(settings: settings)
        _ = tracker.observe((0..<9).map { object(at: Double($0)) }, at: time(0))
        #expect(tracker.tracks.count == 3)
    }

    private func object(at x: Double, score: Double = 0.9, label: Int = 0) -> ObjectDetection {
        ObjectDetection(label: label, score: score, box: BoundingBox(x: x, y: 0.4, width: 0.1, height: 0.2))
    }

    private func time(_ seconds: Double) -> SampleTime {
        SampleTime(monotonic: seconds, media: seconds, wallClock: Timestamp(milliseconds: 0))
    }
}
