import Basics
import Capture
import Dispatch
import Events

/// Sample of one region of a live source.
struct LiveSample: Sendable {
    /// Index of the region among those of its source.
    var region: Int
    /// Sequence number among the samples of the region, from 0; each occurs once.
    var number: Int
    /// Time at which the frame was captured.
    var time: SampleTime
    /// Arrival of the frame, in seconds of the monotonic clock.
    var received: Double
    /// Copy of the frame, if an output needs it.
    var frame: FrameCopy?
}

/// Makes events of a live source's samples, and of the state of its connection.
///
/// Every method may be called from any thread. Samples are handled in the order of their sequence numbers, on a
/// serial queue of the source.
final class LiveEventDetector: Sendable {
    /// Result of a sample.
    enum Outcome: Sendable {
        case observed(Observation)
        /// The frame shows what the last sample of the region showed, and was not given to the network.
        case repeated
        /// The image is of one colour all over.
        case blank
        /// A newer sample replaced it.
        case replaced
    }

    private struct Sample {
        var outcome: Outcome
        var time: SampleTime
        /// Arrival of the frame, in seconds of the monotonic clock.
        var received: Double
        var frame: FrameCopy?
    }

    private struct RegionState {
        /// Index among the regions of the source.
        let place: Int
        var detector: any RegionDetector
        var reorder = ReorderBuffer<Sample>()
        /// Time of the last progress of open events, in seconds of the monotonic clock.
        var lastProgress = -Double.infinity
    }

    private struct State {
        var regions: [RegionState]
        var connection: ConnectionState
        var events: SourceEventComposer
    }

    private let source: String
    private let sinks: LiveSinks
    private let frames: FrameOutputs
    private let statistics: SourceStatistics
    private let state: QueueConfined<State>
    private let counter = WorkCounter()
    /// What the reader has to know of the samples before.
    private let demand: Mutex<Demand>

    private struct Demand {
        /// Whether a region needs its next frame to be a sample.
        var wantsSample = true
        /// One for each region.
        var predictors: [ObjectPredictor?]
    }

    /// - Parameter detectors: one for each region.
    init(
        source: String, detectors: [any RegionDetector], grace: Double, sinks: LiveSinks, frames: FrameOutputs = .none,
        statistics: SourceStatistics
    ) {
        self.source = source
        self.frames = frames
        self.sinks = sinks
        self.statistics = statistics
        let state = State(
            regions: detectors.enumerated().map { RegionState(place: $0.offset, detector: $0.element) },
            connection: ConnectionState(grace: grace, time: MonotonicClock.now),
            events: SourceEventComposer(source: source))
        self.state = QueueConfined(state, on: DispatchQueue(label: "event detector \(source)"))
        demand = Mutex(Demand(predictors: detectors.map { _ in nil }))
    }

    // MARK: - Samples

    /// Takes the result of a sample. Results of a region may come in any order, each sequence number once.
    func take(_ outcome: Outcome, of sample: LiveSample) {
        onQueue { [self] state in
            let entry = Sample(
                outcome: outcome, time: sample.time, received: sample.received, frame: sample.frame)
            for entry in state.regions[sample.region].reorder.add(entry, number: sample.number) {
                detect(entry, &state.regions[sample.region])
            }
        }
    }

    /// Whether the next frame should be a sample even without motion: see ``EventDetector/wantsSample``.
    var wantsSample: Bool { demand.withLock { $0.wantsSample } }

    /// Returns the objects that are followed with their places in a later frame, by the newest sample that is done.
    ///
    /// - Parameters:
    ///   - region: index of the region.
    ///   - time: time of the frame, in seconds of the monotonic clock.
    func predictedObjects(of region: Int, at time: Double) -> [PredictedObject] {
        demand.withLock { $0.predictors[region] }?.objects(at: time) ?? []
    }

    private func detect(_ sample: Sample, _ region: inout RegionState) {
        guard let events = region.detector.take(sample.outcome, at: sample.time) else { return }
        frames.take(sample.frame, region: region.place, region.detector.scene(at: sample.time))
        emit(events)
        reportProgress(&region)
        if sinks.wantsSamples, case .observed(let observation) = sample.outcome, observation.isInspected {
            sinks.add(SampleLine(observation, time: sample.time, names: region.detector.names))
        }
        let latency = MonotonicClock.now - sample.received
        statistics.update {
            $0.latency.add(latency)
            $0.timings.detection.add(latency)
        }
    }

    /// Reports the progress of open events once a second: for readers of the current state, and so that a restart
    /// can end them.
    private func reportProgress(_ region: inout RegionState) {
        let now = MonotonicClock.now
        guard sinks.wantsProgress, now - region.lastProgress >= 1 else { return }
        region.lastProgress = now
        for event in frames.named(region.detector.present) { sinks.progress(event) }
    }

    private func emit(_ events: [AnalysisEvent]) {
        for event in frames.named(events) {
            if event.isStart { statistics.update { $0.events += 1 } }
            sinks.add(event)
        }
    }

    private func end(_ reason: EndReason, _ regions: inout [RegionState]) {
        for place in regions.indices { emit(regions[place].detector.finish(reason)) }
    }

    /// Replaces the rules of all regions. Objects stay; events of labels end with the reason `shutdown`.
    ///
    /// - Parameter rules: one for each region.
    func replace(_ rules: [RegionRules]) {
        onQueue { [self] state in
            for (place, rules) in rules.enumerated() { emit(state.regions[place].detector.replace(rules)) }
        }
    }

    // MARK: - Connection

    /// Takes note of the first frame of a connection.
    func connected() {
        onQueue { [self] state in announce(state.connection.delivered(at: MonotonicClock.now), &state) }
    }

    /// Takes note of a failed attempt or connection.
    func failed(_ reason: String) {
        onQueue { [self] state in
            state.connection.failed(reason, at: MonotonicClock.now)
            guard let deadline = state.connection.deadline else { return }
            let rest = max(0, deadline - MonotonicClock.now)
            self.state.queue.asyncAfter(deadline: .now() + rest) { [self] in self.state.access(checkGrace) }
        }
    }

    /// Reports the source as lost if the grace time is over.
    private func checkGrace(_ state: inout State) {
        guard let announcement = state.connection.check(at: MonotonicClock.now) else { return }
        end(.sourceLost, &state.regions)
        announce(announcement, &state)
    }

    private func announce(_ announcement: ConnectionState.Announcement?, _ state: inout State) {
        switch announcement {
        case .lost(let since, let reason): sinks.add(state.events.lost(since: since, reason: reason, now: .now))
        case .found(let since, let seconds): sinks.add(state.events.found(since: since, after: seconds, now: .now))
        case nil: break
        }
    }

    /// Reports that the source's frames have frozen or thawed.
    func take(_ announcement: FreezeDetector.Announcement) {
        onQueue { [self] state in
            switch announcement {
            case .frozen(let since): sinks.add(state.events.frozen(since: since, now: .now))
            case .thawed(let since, let seconds):
                sinks.add(state.events.thawed(since: since, after: seconds, now: .now))
            }
        }
    }

    /// Reports a step of the source's clock or of the wall clock.
    func stepped(_ step: StreamClock.Step) {
        onQueue { [self] state in
            sinks.add(state.events.clockStep(seconds: step.seconds, cause: step.cause, now: .now))
        }
    }

    // MARK: - End

    /// Ends all open events behind everything that was submitted before. Blocks until that is done.
    func finish(_ reason: EndReason) {
        state.queue.sync {
            state.access { state in
                end(reason, &state.regions)
                state.connection.end()
            }
        }
        sinks.forget(source: source)
    }

    /// Progress counters of the queue.
    var health: HealthSnapshot.Queue {
        HealthSnapshot.Queue(name: state.queue.label, begun: counter.begun, done: counter.done)
    }

    private func onQueue(_ body: @escaping @Sendable (inout State) -> Void) {
        counter.begin()
        state.queue.async { [self] in
            state.access { state in
                body(&state)
                let wants = state.regions.contains { $0.detector.wantsSample }
                let predictors = state.regions.map(\.detector.predictor)
                demand.withLock { $0 = Demand(wantsSample: wants, predictors: predictors) }
            }
            counter.finish()
        }
    }
}

extension RegionDetector {
    /// Takes the result of a sample.
    ///
    /// - Parameter time: time at which the frame was captured.
    /// - Returns: events, ends first; `nil` for a sample that was replaced.
    mutating func take(_ outcome: LiveEventDetector.Outcome, at time: SampleTime) -> [AnalysisEvent]? {
        switch outcome {
        case .observed(let observation): observe(observation, at: time)
        case .blank: observeBlank(at: time)
        case .repeated: hold(at: time)
        case .replaced: nil
        }
    }
}

extension SourceEventComposer.Instant {
    /// The present, by the monotonic clock and the wall clock.
    fileprivate static var now: Self { Self(monotonic: MonotonicClock.now, wall: WallClock.now) }
}
