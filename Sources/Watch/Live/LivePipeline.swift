import Basics
import Capture
import Dispatch
import Events
import MobileNet

/// What happens to the frames of one live source: which are looked at, when they were taken, and which
/// regions of them go where. All of it but the network runs on the thread that reads the source.
final class LivePipeline: Sendable {
    /// What only the source's thread touches.
    private struct State {
        var sampler: Sampler
        var clock = StreamClock()
        var motion: MotionDetector
        var freeze: FreezeDetector
        let hasher = FrameHasher()
        var regions: [RegionView]

        init(_ settings: SourceSettings) {
            sampler = Sampler(settings.sampling)
            motion = MotionDetector(settings.motion)
            freeze = FreezeDetector(limit: settings.frozenAfter)
            regions = settings.regions.enumerated().map { place, region in
                RegionView(region.region, place: place, fit: settings.fit)
            }
        }
    }

    let board: SourceStatistics
    let eventDetector: LiveEventDetector
    /// The parts of the frames that are looked at.
    let regions: [Region]
    private let sampling: Sampling
    private let buffers: BufferPool
    private let post: InferenceSubmitter
    private let state: ThreadConfined<State>

    /// - Parameters:
    ///   - mailbox: the number of the source's mailbox.
    ///   - reader: on which the source is read.
    ///   - plan: of the network that the workers run.
    ///   - laneCount: how many workers there are.
    init(
        slot: Int, reader: ThreadQueue, settings: SourceSettings, plan: Plan, workers: LiveWorkers, laneCount: Int,
        eventDetector: LiveEventDetector, board: SourceStatistics
    ) {
        self.eventDetector = eventDetector
        self.board = board
        regions = settings.regions.map(\.region)
        sampling = settings.sampling
        state = ThreadConfined(State(settings), on: reader)
        // One of each region in the mailbox, one that is being made, and those on the workers: nobody ever
        // waits for one.
        buffers = BufferPool(
            count: settings.regions.count + 1 + laneCount, width: plan.inputShape.width,
            height: plan.inputShape.height)
        post = InferenceSubmitter(
            slot: slot, workers: workers, buffers: buffers, eventDetector: eventDetector, board: board)
    }

    /// The source is tried.
    func connecting() {
        board.update { status in
            status.state = .connecting
            status.firstAttempt = status.firstAttempt ?? MonotonicClock.now
        }
    }

    /// There is a new connection, which has given nothing yet.
    func reconnected() {
        state.access { state in
            state.clock.reconnect()
            state.freeze.reconnect()
            // Nobody knows what the camera did meanwhile: its first frame is a sample.
            state.motion.reset()
            state.sampler = Sampler(sampling)
            for place in state.regions.indices { state.regions[place].check = DuplicateFrameFilter() }
        }
    }

    /// The connection has given its first frame.
    func delivered() {
        board.update {
            $0.state = .live
            $0.connections += 1
        }
        eventDetector.connected()
    }

    /// The connection failed.
    func failed(_ reason: String, retry: Double) {
        board.update {
            $0.state = .away(reason: reason, retry: retry)
            $0.failures += 1
            $0.lastFailure = reason
        }
        eventDetector.failed(reason)
    }

    /// The connection was ended to be made anew.
    func interrupted() { eventDetector.failed("it was taken up anew") }

    /// Takes a frame. Returns when what is looked at of it is scaled.
    ///
    /// - Throws: ``SourceError`` if its pixels cannot be read.
    func take(_ frame: Frame) throws {
        if let time = frame.decodeTime { board.update { $0.timings.decode.add(time) } }
        try state.access { state in
            let (time, steps) = state.clock.place(
                media: frame.time, arrival: MonotonicClock.now, wallClock: WallClock.now)
            for step in steps { eventDetector.stepped(step) }
            if frame.timeStep != 0 { eventDetector.stepped(StreamClock.Step(seconds: frame.timeStep, cause: .source)) }
            guard state.sampler.takes(time.monotonic) else { return }
            checkForFreeze(frame, &state)
            // The gate learns from every frame, also from one that is sampled whatever it says.
            let moves = state.motion.shouldSample(frame, at: time.monotonic)
            guard moves || eventDetector.wantsSample else {
                return skip(time, received: frame.received, &state.regions)
            }
            board.update { $0.samples += 1 }
            for place in state.regions.indices { try look(at: frame, time, &state.regions[place]) }
        }
    }

    /// Compares a sampled frame with the one before. The motion gate comes later: it passes over what repeats.
    private func checkForFreeze(_ frame: Frame, _ state: inout State) {
        guard state.freeze.isEnabled, let hash = state.hasher.hash(frame),
            let announcement = state.freeze.observe(hash, at: MonotonicClock.now)
        else { return }
        board.update { status in
            if case .frozen(let since) = announcement { status.frozenSince = since } else { status.frozenSince = nil }
        }
        eventDetector.take(announcement)
    }

    private func look(at frame: Frame, _ time: SampleTime, _ view: inout RegionView) throws {
        let start = MonotonicClock.now
        let buffer = try buffers.take(frame, region: view.region, scaledBy: view.scaler)
        let elapsed = MonotonicClock.now - start
        board.update { $0.timings.scale.add(elapsed) }
        post.send(buffer, view.check.check(buffer), view.next(time, received: frame.received))
    }

    /// Holds the last scores, because nothing moves in a frame: it shows what the last sample showed.
    private func skip(_ time: SampleTime, received: Double, _ regions: inout [RegionView]) {
        board.update { $0.still += 1 }
        for place in regions.indices {
            eventDetector.take(.repeated, of: regions[place].next(time, received: received))
        }
    }

    /// Waits until every frame that was taken has been looked at, and ends what is being seen. When it was stopped
    /// and has not ended by itself, only those are waited for that are on a worker. Nobody may hand on more, then or
    /// later.
    func finish() {
        let hasEnded = board.status.state == .ended
        post.close(drops: !hasEnded)
        eventDetector.finish(hasEnded ? .sourceEnded : .shutdown)
    }
}
