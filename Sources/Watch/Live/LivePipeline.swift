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

        init(_ settings: SourceSettings, _ buffers: SampleBuffers) {
            sampler = Sampler(settings.sampling)
            motion = MotionDetector(settings.motion, findsAreas: settings.crops.budget > 0)
            freeze = FreezeDetector(limit: settings.frozenAfter)
            regions = settings.regions.enumerated().map { place, region in
                RegionView(region.region, place: place, settings, buffers)
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
    private let frames: FrameOutputs
    /// Samples in the latest-frame slot or on a worker.
    private let inFlight = DispatchGroup()
    private let state: ThreadConfined<State>

    /// - Parameters:
    ///   - slot: number of the source's latest-frame slot.
    ///   - reader: thread that reads the source.
    ///   - plans: of the networks that the workers run.
    ///   - workerCount: number of workers.
    init(
        slot: Int, reader: ThreadQueue, settings: SourceSettings, plans: NetworkPlans, workers: LiveWorkers,
        workerCount: Int, eventDetector: LiveEventDetector, frames: FrameOutputs, statistics: SourceStatistics
    ) {
        self.slot = slot
        self.frames = frames
        self.workers = workers
        self.eventDetector = eventDetector
        self.statistics = statistics
        regions = settings.regions.map(\.region)
        sampling = settings.sampling
        // Those of one sample for each region in the slot, of one that is being filled, and of one for each worker: the
        // reader never blocks.
        let samples = settings.regions.count + 1 + workerCount
        let buffers = SampleBuffers(plans, samples: samples, imageCount: samples * (1 + settings.crops.budget))
        state = ThreadConfined(State(settings, buffers), on: reader)
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
            for place in state.regions.indices { state.regions[place].reset() }
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
            let motion = state.motion.observe(frame, at: time.monotonic)
            guard motion.isSample || eventDetector.wantsSample else {
                return skip(time, frame, &state.regions)
            }
            statistics.update { $0.samples += 1 }
            let copy = frames.copy(frame)
            for place in state.regions.indices {
                try sample(frame, copy, time, motion: motion.areas, &state.regions[place])
            }
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
    private func skip(_ time: SampleTime, _ frame: Frame, _ regions: inout [RegionView]) {
        statistics.update { $0.still += 1 }
        let copy = frames.copy(frame, isStill: true)
        for place in regions.indices {
            eventDetector.take(.repeated, of: regions[place].next(time, received: frame.received, copy))
        }
    }

    private func sample(
        _ frame: Frame, _ copy: FrameCopy?, _ time: SampleTime, motion: [BoundingBox], _ view: inout RegionView
    ) throws {
        let start = MonotonicClock.now
        let objects = eventDetector.predictedObjects(of: view.place, at: time.monotonic)
        let images = try view.scaler.images(of: frame, motion: motion, objects: objects, at: time.monotonic)
        let elapsed = MonotonicClock.now - start
        statistics.update { $0.timings.scale.add(elapsed) }
        submit(images, view.check(images), view.next(time, received: frame.received, copy))
    }

    // MARK: - Inference

    /// Submits new images for inference, and settles repeated or blank ones at once.
    ///
    /// - Parameter images: their buffers return to the pool when they are no longer needed.
    private func submit(_ images: SampleImages, _ verdict: DuplicateFrameFilter.Verdict, _ sample: LiveSample) {
        switch verdict {
        case .new where images.images.isEmpty:
            settle(images, .observed(Observation([], of: images)), of: sample)
        case .new:
            inFlight.enter()
            workers.submit(job(images, sample), slot: slot, region: sample.region)
        case .repeated:
            statistics.update { $0.repeated += 1 }
            settle(images, .repeated, of: sample)
        case .blank:
            statistics.update { $0.blank += 1 }
            settle(images, .blank, of: sample)
        }
    }

    private func job(_ images: SampleImages, _ sample: LiveSample) -> LiveWorkers.Job {
        LiveWorkers.Job(
            images: images.images.count,
            run: { [self] recognizer in
                let parts = images.images.map { infer($0, recognizer) }
                settle(images, .observed(Observation(parts, of: images)), of: sample)
                inFlight.leave()
            },
            replaced: { [self] in
                statistics.update { $0.replaced += 1 }
                settle(images, .replaced, of: sample)
                inFlight.leave()
            })
    }

    private func infer(_ image: SampleImages.Image, _ recognizer: Recognizer) -> Recognizer.Output {
        let start = MonotonicClock.now
        let output = recognizer.observe(image)
        let elapsed = MonotonicClock.now - start
        statistics.update { $0.timings.infer.add(elapsed) }
        return output
    }

    private func settle(_ images: SampleImages, _ outcome: LiveEventDetector.Outcome, of sample: LiveSample) {
        images.giveBack()
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
    /// Index among the regions of the source.
    let place: Int
    var scaler: SampleScaler
    private var filter = DuplicateFrameFilter()
    private var number = 0

    /// - Parameter place: index among the regions of the source.
    init(_ region: Region, place: Int, _ settings: SourceSettings, _ buffers: SampleBuffers) {
        self.place = place
        scaler = SampleScaler(region, fit: settings.fit, crops: settings.crops, buffers: buffers)
    }

    /// Forgets the frames before.
    mutating func reset() {
        filter = DuplicateFrameFilter()
        scaler.reset()
    }

    /// Checks whether the images of a sample need inference. Crops always do: they are at other places in each frame.
    mutating func check(_ images: SampleImages) -> DuplicateFrameFilter.Verdict {
        guard let whole = images.images.first, whole.role == .region else { return .new }
        let verdict = filter.check(whole.buffer)
        return verdict == .repeated && images.images.contains { $0.role == .crop } ? .new : verdict
    }

    /// Numbers the next sample.
    ///
    /// - Parameter frame: copy of the frame, if an output needs it.
    mutating func next(_ time: SampleTime, received: Double, _ frame: FrameCopy?) -> LiveSample {
        defer { number += 1 }
        return LiveSample(region: place, number: number, time: time, received: received, frame: frame)
    }
}
