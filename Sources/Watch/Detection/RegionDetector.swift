import Basics
import Events

/// Makes events of what a network says of the samples of a region.
///
/// A value without a clock: time comes with the samples, in their order. The same samples give the same events, live and
/// offline.
protocol RegionDetector: Sendable {
    /// Names in the event records.
    var names: RegionNames { get }

    /// Adds the result of a sample.
    ///
    /// - Parameter time: time at which the frame was captured.
    /// - Returns: events, ends first.
    mutating func observe(_ observation: Observation, at time: SampleTime) -> [AnalysisEvent]

    /// Adds an image of one colour all over, in which nothing can be seen.
    mutating func observeBlank(at time: SampleTime) -> [AnalysisEvent]

    /// Adds a frame that shows what the last sample showed, and was not given to the network.
    mutating func hold(at time: SampleTime) -> [AnalysisEvent]

    /// Ends all open events, and forgets the last sample.
    mutating func finish(_ reason: EndReason) -> [AnalysisEvent]

    /// Replaces the rules, which are of the same kind as before.
    ///
    /// - Returns: the ends of events that cannot go on.
    mutating func replace(_ rules: RegionRules) -> [AnalysisEvent]

    /// Open events, as `update` events.
    var present: [AnalysisEvent] { get }

    /// Whether the next frame should be a sample even without motion.
    var wantsSample: Bool { get }

    /// Predictor of the objects that are followed; `nil` for a classifier.
    var predictor: ObjectPredictor? { get }

    /// Returns what is known after the last sample, for images.
    ///
    /// - Parameter time: time of that sample.
    func scene(at time: SampleTime) -> Scene
}

/// Rules by which events are made of what a network says of a region.
package enum RegionRules: Equatable, Sendable {
    /// For a classifier: target labels with their thresholds.
    case labels([LabelTarget])
    /// For a detector: zones, lines, filters and the settings of tracking.
    case objects(ObjectSettings)

    /// Makes an event detector.
    func detector(_ names: RegionNames) -> any RegionDetector {
        switch self {
        case .labels(let targets): LabelRegionDetector(names, targets: targets)
        case .objects(let settings): ObjectRegionDetector(names, settings: settings)
        }
    }
}

/// Names that event records and samples of a region carry.
struct RegionNames: Sendable {
    /// The camera or recording.
    var source: String
    /// The region.
    var region: String
    /// The network.
    var model: String
    /// The network's classes.
    var labels: [String]
}

/// Region detector for a classifier: hysteresis of scores.
struct LabelRegionDetector: RegionDetector {
    let names: RegionNames
    private(set) var composer: EventComposer
    private var detector: EventDetector

    init(_ names: RegionNames, targets: [LabelTarget]) {
        self.names = names
        composer = EventComposer(
            source: names.source, region: names.region, model: names.model, labels: names.labels, targets: targets)
        detector = EventDetector(targets: targets)
    }

    mutating func observe(_ observation: Observation, at time: SampleTime) -> [AnalysisEvent] {
        guard case .scores(let scores) = observation else { preconditionFailure("a classifier gives scores") }
        return events(detector.observe(scores: scores, at: time))
    }

    mutating func observeBlank(at time: SampleTime) -> [AnalysisEvent] {
        events(detector.observe(scores: Array(repeating: 0, count: names.labels.count), at: time))
    }

    mutating func hold(at time: SampleTime) -> [AnalysisEvent] { events(detector.hold(at: time)) }

    mutating func finish(_ reason: EndReason) -> [AnalysisEvent] { events(detector.finish(reason)) }

    mutating func replace(_ rules: RegionRules) -> [AnalysisEvent] {
        guard case .labels(let targets) = rules else { preconditionFailure("a classifier has target labels") }
        let ends = finish(.shutdown)
        self = LabelRegionDetector(names, targets: targets)
        return ends
    }

    var present: [AnalysisEvent] { events(detector.present.map { .updated($0) }) }

    var wantsSample: Bool { detector.wantsSample }

    var predictor: ObjectPredictor? { nil }

    func scene(at time: SampleTime) -> Scene {
        var scene = Scene(source: names.source, time: time)
        scene.labels = present.map { event in
            guard case .label(let event) = event else { return event.name }
            return "\(event.label) \(Int((event.interval.score * 100).rounded()))%"
        }
        return scene
    }

    private func events(_ changes: [EventDetector.Change]) -> [AnalysisEvent] {
        changes.map { .label(composer.event(for: $0)) }
    }
}

/// Region detector for a detector: tracking, zones and lines.
struct ObjectRegionDetector: RegionDetector {
    let names: RegionNames
    private let composer: ObjectEventComposer
    private var detector: ObjectEventDetector

    init(_ names: RegionNames, settings: ObjectSettings) {
        self.names = names
        composer = ObjectEventComposer(source: names.source, model: names.model, labels: names.labels)
        detector = ObjectEventDetector(settings: settings)
    }

    mutating func observe(_ observation: Observation, at time: SampleTime) -> [AnalysisEvent] {
        guard case .objects(let objects, let coverage, let classifications) = observation else {
            preconditionFailure("a detector gives objects")
        }
        return events(
            detector.observe(objects, coverage: coverage, classifications: classifications, at: time))
    }

    mutating func observeBlank(at time: SampleTime) -> [AnalysisEvent] {
        events(detector.observe([], coverage: nil, at: time))
    }

    mutating func hold(at time: SampleTime) -> [AnalysisEvent] { events(detector.hold(at: time)) }

    mutating func finish(_ reason: EndReason) -> [AnalysisEvent] { events(detector.finish(reason)) }

    mutating func replace(_ rules: RegionRules) -> [AnalysisEvent] {
        guard case .objects(let settings) = rules else { preconditionFailure("a detector has object settings") }
        return events(detector.replace(settings))
    }

    var present: [AnalysisEvent] { events(detector.present.map { .updated($0) }) }

    var wantsSample: Bool { detector.wantsSample }

    var predictor: ObjectPredictor? { ObjectPredictor(detector) }

    func scene(at time: SampleTime) -> Scene {
        Scene(detector, composer, source: names.source, labels: names.labels, at: time)
    }

    private func events(_ changes: [ObjectChange]) -> [AnalysisEvent] {
        changes.map { .object(composer.event(for: $0, group: detector.group(of: $0.object.label))) }
    }
}

/// Predicts where the objects of a detector are in a later frame, so that crops can follow them.
struct ObjectPredictor: Sendable {
    private let detector: ObjectEventDetector

    init(_ detector: ObjectEventDetector) { self.detector = detector }

    /// Returns the objects with their places.
    ///
    /// - Parameter time: time of the frame, in seconds of the monotonic clock.
    func objects(at time: Double) -> [PredictedObject] {
        zip(detector.tracker.tracks, detector.tracker.predictedBoxes(at: time)).map { track, box in
            PredictedObject(
                number: track.number, box: box, missedTime: track.missedTime, isUrgent: detector.isUrgent(track),
                wantsClassification: detector.wantsClassification(of: track, at: time))
        }
    }
}
