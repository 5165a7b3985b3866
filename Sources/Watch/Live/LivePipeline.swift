import Basics
import Capture
import Dispatch
import Events
import MobileNet

/// Path of the frames of one live source from capture to inference: sampling, time stamps, filters and scaling.
///
/// Everything but inference runs on the thread that reads the source.
final class LivePipeline: Sendable {
    /// State of the source's thread.
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

    let statistics: SourceStatistics
    let eventDetector: LiveEventDetector
    /// Regions to classify.
    let regions: [Region]
    private let sampling: Sampling
    private let slot: Int
    private let workers: LiveWorkers
    private let buffers: BufferPool
    /// Samples in the latest-frame slot or on a worker.
    private let inFlight = DispatchGroup()
    private let state: ThreadConfined<State>

    /// - Parameters:
    ///   - slot: number of the source's latest-frame slot.
    ///   - reader: thread that reads the source.
    ///   - plan: of the network that the workers run.
    ///   - workerCount: number of workers.
    init(
        slot: Int, reader: ThreadQueue, settings: SourceSettings, plan: Plan, workers: LiveWorkers, workerCount: Int,
        eventDetector: LiveEventDetector, statistics: SourceStatistics
    ) {
        self.slot = slot
        self.workers = workers
        self.eventDetector = eventDetector
        self.statistics = statistics
        regions = settings.regions.map(\.region)
        sampling = settings.sampling
        state = ThreadConfined(State(settings), on: reader)
        // One for each region in the slot, one that is being filled, and one for each worker: the reader never blocks.
        buffers = BufferPool(
            count: settings.regions.count + 1 + workerCount, width: plan.inputShape.width,
            height: plan.inputShape.height)
    }

    // MARK: - Connections

    /// Records that an attempt to connect begins.
    func connecting() {
        statistics.update { status in
            status.state = .connecting
            status.firstAttempt = status.firstAttempt ?? MonotonicClock.now
        }
    }

    /// Resets the state of the connection before. Called on the source's thread, before the first frame.
    func reconnected() {
        state.access { state in
            state.clock.reconnect()
            state.freeze.reconnect()
            // The scene may have changed meanwhile: the first frame is a sample.
            state.motion.reset()
            state.sampler = Sampler(sampling)
            for place in state.regions.indices { state.regions[place].filter = DuplicateFrameFilter() }
        }
    }

    /// Records the first frame of a connection.
    func delivered() {
        statistics.update {
            $0.state = .live
            $0.connections += 1
        }
        eventDetector.connected()
    }

    /// Records that an attempt or a connection failed.
    ///
    /// - Parameter retry: time of the next attempt, in seconds of the monotonic clock.
    func failed(_ reason: String, retry: Double) {
        statistics.update {
            $0.state = .away(reason: reason, retry: retry)
            $0.failures += 1
            $0.lastFailure = reason
        }
        eventDetector.failed(reason)
    }

    /// Records that a connection was closed to be opened again.
    func interrupted() { eventDetector.failed("it was taken up anew") }

    // MARK: - Frames

    /// Takes a frame. Returns when its regions are scaled. Called on the source's thread.
    ///
    /// - Throws: ``SourceError`` if its pixels cannot be read.
    func take(_ frame: Frame) throws {
        if let time = frame.decodeTime { statistics.update { $0.timings.decode.add(time) } }
        try state.access { state in
            let (time, steps) = state.clock.place(
                media: frame.time, arrival: MonotonicClock.now, wallClock: WallClock.now)
            for step in steps { eventDetector.stepped(step) }
            if frame.timeStep != 0 { eventDetector.stepped(StreamClock.Step(seconds: frame.timeStep, cause: .source)) }
            guard state.sampler.takes(time.monotonic) else { return }
            checkForFreeze(frame, &state)
            // The gate learns from every frame, also from one that is sampled whatever the gate says.
            let moves = state.motion.shouldSample(frame, at: time.monotonic)
            guard moves || eventDetector.wantsSample else {
                return skip(time, received: frame.received, &state.regions)
            }
            statistics.update { $0.samples += 1 }
            for place in state.regions.indices { try sample(frame, time, &state.regions[place]) }
        }
    }

    /// Compares a frame with the one before. This precedes the motion gate, which drops identical frames.
    private func checkForFreeze(_ frame: Frame, _ state: inout State) {
        guard state.freeze.isEnabled, let hash = state.hasher.hash(frame),
            let announcement = state.freeze.observe(hash, at: MonotonicClock.now)
        else { return }
        statistics.update { status in
            if case .frozen(let since) = announcement { status.frozenSince = since } else { status.frozenSince = nil }
        }
        eventDetector.take(announcement)
    }

    /// Holds the last scores of a frame without motion: it shows what the last sample showed.
    private func skip(_ time: SampleTime, received: Double, _ regions: inout [RegionView]) {
        statistics.update { $0.still += 1 }
        for place in regions.indices {
            eventDetector.take(.repeated, of: regions[place].next(time, received: received))
        }
    }

    private func sample(_ frame: Frame, _ time: SampleTime, _ view: inout RegionView) throws {
        let start = MonotonicClock.now
        let buffer = try view.scaler.scale(frame, region: view.region, from: buffers)
        let elapsed = MonotonicClock.now - start
        statistics.update { $0.timings.scale.add(elapsed) }
        submit(buffer, view.filter.check(buffer), view.next(time, received: frame.received))
    }

    // MARK: - Inference

    /// Submits a new image for inference, and settles a repeated or blank one at once.
    ///
    /// - Parameter buffer: from the pool, to which it returns when it is no longer needed.
    private func submit(_ buffer: PixelBuffer, _ verdict: DuplicateFrameFilter.Verdict, _ sample: LiveSample) {
        switch verdict {
        case .new:
            inFlight.enter()
            workers.submit(job(buffer, sample), slot: slot, region: sample.region)
        case .repeated:
            statistics.update { $0.repeated += 1 }
            settle(buffer, .repeated, of: sample)
        case .blank:
            statistics.update { $0.blank += 1 }
            settle(buffer, .blank, of: sample)
        }
    }

    private func job(_ buffer: PixelBuffer, _ sample: LiveSample) -> LiveWorkers.Job {
        LiveWorkers.Job(
            run: { [self] recognizer in
                let start = MonotonicClock.now
                let observation = recognizer.observe(pixels: buffer.base, bytesPerRow: buffer.bytesPerRow)
                let elapsed = MonotonicClock.now - start
                statistics.update { $0.timings.infer.add(elapsed) }
                settle(buffer, .observed(observation), of: sample)
                inFlight.leave()
            },
            replaced: { [self] in
                statistics.update { $0.replaced += 1 }
                settle(buffer, .replaced, of: sample)
                inFlight.leave()
            })
    }

    private func settle(_ buffer: PixelBuffer, _ outcome: LiveEventDetector.Outcome, of sample: LiveSample) {
        buffers.giveBack(buffer)
        eventDetector.take(outcome, of: sample)
    }

    /// Blocks until every sample is settled, then ends all open events. No frame may come then or later.
    ///
    /// When the source was stopped and has not ended by itself, samples that still wait for a worker are dropped.
    func finish() {
        let hasEnded = statistics.status.state == .ended
        if !hasEnded { workers.close(slot: slot) }
        inFlight.wait()
        if hasEnded { workers.close(slot: slot) }
        eventDetector.finish(hasEnded ? .sourceEnded : .shutdown)
    }
}

/// Region of a live source with its state between frames.
private struct RegionView {
    let region: Region
    /// Keeps tables that depend on the size of the region.
    let scaler: Scaler
    var filter = DuplicateFrameFilter()
    private let place: Int
    private var number = 0

    /// - Parameter place: index among the regions of the source.
    init(_ region: Region, place: Int, fit: Fit) {
        self.region = region
        self.place = place
        scaler = Scaler(fit: fit)
    }

    /// Numbers the next sample.
    mutating func next(_ time: SampleTime, received: Double) -> LiveSample {
        defer { number += 1 }
        return LiveSample(region: place, number: number, time: time, received: received)
    }
}
