import Basics
import Capture
import Dispatch
import Events

/// Makes events of what a live source shows, and of how the source itself is doing.
///
/// It may be told of everything from any thread; it takes frames in the order in which they were taken.
final class LiveEventDetector: Sendable {
    /// The result of a sample.
    enum Outcome: Sendable {
        case scores([Float])
        /// The frame shows what the last sample of the region showed, and was not classified.
        case repeated
        /// There is nothing to be seen in it.
        case blank
        /// A newer one took its place.
        case replaced
    }

    private struct Sample {
        var outcome: Outcome
        var time: SampleTime
        /// When the frame came, by the monotonic clock.
        var received: Double
    }

    /// What is known of a region.
    private struct RegionState {
        var detector: RegionDetector
        var inOrder = ReorderBuffer<Sample>()
        /// When it was told how what is being seen goes on, by the monotonic clock.
        var lastProgress = -Double.infinity

        init(_ composer: EventComposer) { detector = RegionDetector(composer) }
    }

    private struct State {
        var regions: [RegionState]
        var link: ConnectionState
        var events: SourceEventComposer
    }

    private let source: String
    private let sinks: LiveSinks
    private let board: SourceStatistics
    private let state: QueueConfined<State>
    private let work = WorkCounter()
    /// Whether a region wants its next frame to be a sample.
    private let wish = Mutex(true)

    /// - Parameter composers: one for each region.
    init(source: String, composers: [EventComposer], grace: Double, sinks: LiveSinks, board: SourceStatistics) {
        self.source = source
        self.sinks = sinks
        self.board = board
        let state = State(
            regions: composers.map(RegionState.init), link: ConnectionState(grace: grace, time: MonotonicClock.now),
            events: SourceEventComposer(source: source))
        self.state = QueueConfined(state, on: DispatchQueue(label: "decision \(source)"))
    }

    // MARK: - Frames

    /// Takes what came of a sample; of each region, every number once, in any order.
    func take(_ outcome: Outcome, of sample: LiveSample) {
        onQueue { [self] state in
            let entry = Sample(outcome: outcome, time: sample.time, received: sample.received)
            for entry in state.regions[sample.region].inOrder.add(entry, number: sample.number) {
                decide(entry, &state.regions[sample.region])
            }
        }
    }

    /// Whether the next frame should be a sample even if nothing moves in it: see ``Decision/wantsSample``.
    var wantsSample: Bool { wish.withLock { $0 } }

    private func decide(_ sample: Sample, _ region: inout RegionState) {
        guard let changes = region.detector.take(sample.outcome, at: sample.time) else { return }
        emit(changes, region.detector.composer)
        tellProgress(&region)
        if sinks.wantsSamples, case .scores(let scores) = sample.outcome {
            sinks.add(SampleLine(scores: scores, time: sample.time, composer: region.detector.composer))
        }
        let latency = MonotonicClock.now - sample.received
        board.update {
            $0.latency.add(latency)
            $0.timings.detection.add(latency)
        }
    }

    /// Tells from time to time how what is being seen goes on, for those who ask, and in case that nothing more
    /// can be told.
    private func tellProgress(_ region: inout RegionState) {
        let now = MonotonicClock.now
        guard sinks.wantsProgress, now - region.lastProgress >= 1 else { return }
        region.lastProgress = now
        for interval in region.detector.present {
            sinks.progress(region.detector.composer.event(for: .updated(interval)))
        }
    }

    private func emit(_ changes: [EventDetector.Change], _ composer: EventComposer) {
        for change in changes {
            if case .started = change { board.update { $0.events += 1 } }
            sinks.add(composer.event(for: change))
        }
    }

    private func end(_ reason: EndReason, _ regions: inout [RegionState]) {
        for place in regions.indices {
            emit(regions[place].detector.finish(reason), regions[place].detector.composer)
        }
    }

    /// Judges what is taken from now on otherwise. What is being seen ends.
    ///
    /// - Parameter composers: one for each region.
    func decide(by composers: [EventComposer]) {
        onQueue { [self] state in
            end(.shutdown, &state.regions)
            for (place, composer) in composers.enumerated() { state.regions[place].detector = RegionDetector(composer) }
        }
    }

    // MARK: - The source

    /// The source gave the first frame of a connection.
    func connected() {
        onQueue { [self] state in announce(state.link.delivered(at: MonotonicClock.now), &state) }
    }

    /// The source gives no frame, or no more.
    func failed(_ reason: String) {
        onQueue { [self] state in
            state.link.failed(reason, at: MonotonicClock.now)
            guard let deadline = state.link.deadline else { return }
            let rest = max(0, deadline - MonotonicClock.now)
            self.state.queue.asyncAfter(deadline: .now() + rest) { [self] in self.state.access(check) }
        }
    }

    /// Whether the source has been away for too long.
    private func check(_ state: inout State) {
        guard let announcement = state.link.check(at: MonotonicClock.now) else { return }
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

    /// The source's frames repeat, or no longer do.
    func take(_ announcement: FreezeDetector.Announcement) {
        onQueue { [self] state in
            switch announcement {
            case .frozen(let since): sinks.add(state.events.frozen(since: since, now: .now))
            case .thawed(let since, let seconds):
                sinks.add(state.events.thawed(since: since, after: seconds, now: .now))
            }
        }
    }

    /// The source's clock, or this machine's, has gone its own way.
    func stepped(_ step: StreamClock.Step) {
        onQueue { [self] state in
            sinks.add(state.events.clockStep(seconds: step.seconds, cause: step.cause, now: .now))
        }
    }

    // MARK: - The end

    /// Ends what is being seen, when everything that it was told before has been done.
    func finish(_ reason: EndReason) {
        state.queue.sync {
            state.access { state in
                end(reason, &state.regions)
                state.link.end()
            }
        }
        sinks.forget(source: source)
    }

    /// How it gets on.
    var health: HealthSnapshot.Queue {
        HealthSnapshot.Queue(name: state.queue.label, begun: work.begun, done: work.done)
    }

    private func onQueue(_ body: @escaping @Sendable (inout State) -> Void) {
        work.begin()
        state.queue.async { [self] in
            state.access { state in
                body(&state)
                let wants = state.regions.contains { $0.detector.wantsSample }
                wish.withLock { $0 = wants }
            }
            work.finish()
        }
    }
}

extension SourceEventComposer.Instant {
    /// The present, by this machine's clocks.
    fileprivate static var now: Self { Self(monotonic: MonotonicClock.now, wall: WallClock.now) }
}
