import Basics
import Capture
import Dispatch
import Events
import MobileNet

/// Analysis of recordings: frames in, events out.
///
///     reader ──► workers ──► event detector ──► sinks
///
/// The reader decodes and scales on a thread of its own, the workers run the network, the event detector takes the
/// results in the order of the frames, and each sink writes on a queue of its own. The number of frames in flight is
/// fixed: a faster stage waits for a slower one, and nothing is dropped. The events do not depend on the number of
/// workers.
package final class RecordingAnalysis: Sendable {
    /// Result of the analysis of one recording.
    package struct Summary: Sendable {
        /// Frames sampled.
        package var samples: Int
        /// Events started.
        package var events: Int
        /// Seconds of the recording that were analysed.
        package var length: Double
        /// Whether the recording lies outside of the interval, and was not analysed.
        package var isOutside: Bool
        /// Corrupt segments that were skipped.
        package var corruption: Corruption
        /// Recording start time.
        package var clock: RecordingClock
        /// Time stamp of the first frame, in seconds.
        package var start: Double
        /// Label that came nearest to an event, if there was none.
        package var nearestMiss: NearestMiss?
    }

    private let settings: RecordingSettings
    private let sinks: RecordingSinks
    private let frames: FrameOutputs
    private let workers: WorkerPool
    private let buffers: SampleBuffers

    /// Frames in flight for each worker: the one that it classifies, and the next.
    private static let framesPerWorker = 2

    /// - Parameter frames: outputs that need the sampled frames.
    package init(
        plans: NetworkPlans, settings: RecordingSettings, sinks: RecordingSinks, frames: FrameOutputs = .none
    ) {
        self.settings = settings
        self.sinks = sinks
        self.frames = frames
        workers = WorkerPool(plans: plans, count: settings.workers)
        let samples = settings.workers * Self.framesPerWorker
        buffers = SampleBuffers(plans, samples: samples, imageCount: samples + settings.crops.budget)
    }

    /// Facts about a recording that are known when it has been read.
    private struct Reading: Sendable {
        var clock: RecordingClock
        /// Part that was read; `nil` if the recording lies outside of the interval.
        var part: RecordingPart?
        var corruption: Corruption
        /// Time stamp of the first frame, in seconds.
        var start: Double
    }

    /// Analyses one recording. Returns when all of its events have been given to the sinks.
    ///
    /// - Parameters:
    ///   - path: of the file; also the name of the source in events.
    ///   - interruption: cancels the analysis, even while a system call hangs. Open events then end with the reason
    ///     `shutdown`.
    ///   - progress: is updated while the analysis runs.
    /// - Throws: ``SourceError`` if the recording cannot be read. The events up to there are in the sinks.
    package func run(path: String, interruption: CancellationToken, progress: RecordingProgress) throws -> Summary {
        let eventDetector = RecordingEventDetector(
            RegionNames(source: path, region: Region.full.name, model: settings.model, labels: settings.labels),
            rules: settings.rules, sinks: sinks, frames: frames, progress: progress)
        let reader = BlockingReader(interruption)
        let outcome = reader.run { [self] calls in try read(path, calls, progress, into: eventDetector) }
        eventDetector.finish(Self.endReason(outcome))
        let reading = try outcome.get()
        let state = progress.state
        return Summary(
            samples: state.samples, events: state.events,
            length: reading.corruption.truncatedAt == nil
                ? max(reading.part?.length(of: reading.clock.duration) ?? 0, state.position) : state.position,
            isOutside: reading.part == nil,
            corruption: reading.corruption, clock: reading.clock, start: reading.start,
            nearestMiss: eventDetector.nearestMiss)
    }

    /// Reads to the end of the part, and submits the sampled frames to the workers. Runs on the reader's thread.
    private func read(
        _ path: String, _ calls: SourceCalls, _ progress: RecordingProgress, into eventDetector: RecordingEventDetector
    ) throws -> Reading {
        let source = FileSource(
            path: path, sampling: settings.sampling, decoderThreads: settings.decoderThreads,
            skipsUnreferenced: settings.choice == .reference, interruption: calls.interruption)
        defer { source.close() }
        try source.open()
        let named = settings.nameTime?.time(in: Folder.split(path).name)
        let clock = RecordingClock(of: source, given: settings.start ?? named)
        let start = source.info.startTime ?? 0
        let first = clock.epoch.advanced(by: start)
        guard let part = settings.interval.part(of: settings.part, first: first, duration: clock.duration) else {
            return Reading(clock: clock, part: nil, corruption: source.corruption, start: start)
        }
        try calls.handOn {
            progress.update { $0.duration = part.length(of: clock.duration) }
            eventDetector.begin(at: start)
        }
        var scaler = SampleScaler(.full, fit: settings.fit, crops: settings.crops, buffers: buffers)
        var motion = MotionDetector(MotionSettings(enabled: false), findsAreas: scaler.hasCrops)
        var frames = SampledFrames(source, part: part, sampling: settings.sampling, choice: settings.choice)
        var number = 0
        while let frame = try calls.make(.read, { try frames.next() }) {
            if let failure = sinks.failure { throw failure }
            let time = RecordingEventDetector.RecordingTime(
                time: SampleTime(media: frame.time, epoch: clock.epoch), steps: frames.steps)
            try calls.handOn {
                let now = time.time.monotonic
                let images = try scaler.images(
                    of: frame, motion: motion.observe(frame, at: now).areas,
                    objects: scaler.needsObjects ? eventDetector.predictedObjects(at: now) : [], at: now)
                submit(images, self.frames.copy(frame), time: time, number: number, to: eventDetector)
            }
            number += 1
        }
        return Reading(clock: clock, part: part, corruption: source.corruption, start: start)
    }

    /// Submits the images of a sample, each to any worker.
    ///
    /// - Parameter frame: copy of the frame, if an output needs it.
    private func submit(
        _ images: SampleImages, _ frame: FrameCopy?, time: RecordingEventDetector.RecordingTime, number: Int,
        to eventDetector: RecordingEventDetector
    ) {
        eventDetector.expect()
        // The buffers return to the pool only when the event detector has taken the result: so a fast worker cannot run
        // away from a slow one.
        let take: @Sendable (Observation) -> Void = { observation in
            eventDetector.take(observation, time: time, number: number, frame: frame) { images.giveBack() }
        }
        guard !images.images.isEmpty else { return take(Observation([], of: images)) }
        let partial = PartialObservation(images)
        for (index, image) in images.images.enumerated() {
            workers.submit { recognizer in
                if let observation = partial.add(recognizer.observe(image), of: index) { take(observation) }
            }
        }
    }

    private static func endReason(_ outcome: Result<Reading, any Error>) -> EndReason {
        switch outcome {
        case .success: .sourceEnded
        case .failure(SourceError.interrupted), .failure(is LineSink.Failure): .shutdown
        case .failure: .sourceLost
        }
    }
}

/// Sampled frames of a part of a recording: the same ones as when the whole recording is read.
///
/// To be used by one thread at a time.
struct SampledFrames {
    private let source: FileSource
    private let part: RecordingPart
    private let sampling: Sampling
    private var sampler: Sampler
    /// Sampler of the nearest frames; `nil` if the first ones are taken.
    private var nearest: NearestSampler?
    /// Time stamp of the recording's first frame, in seconds.
    private var origin: Double?
    /// Position of the last frame, in seconds from the first.
    private var position = 0.0
    /// Whether a frame behind the end of the part was read.
    private var isOver = false
    /// Jumps of the time stamps since the last frame that was returned, in seconds.
    private(set) var steps: [Double] = []

    /// Seconds that are read before the part, besides the sampling interval: an index gives decoding times, which are
    /// earlier than presentation times.
    private static let lead = 1.0

    /// - Parameter source: open, and without a frame read.
    init(_ source: FileSource, part: RecordingPart, sampling: Sampling, choice: FrameChoice) {
        self.source = source
        self.part = part
        self.sampling = sampling
        sampler = Sampler(sampling)
        if choice == .reference { nearest = sampling.rate.map(NearestSampler.init) }
    }

    /// Reads up to the next sampled frame; `nil` at the end of the part.
    ///
    /// - Throws: ``SourceError``; also if the recording ends before the part begins.
    mutating func next() throws -> Frame? {
        steps = []
        while !isOver {
            if let waiting = nearest?.waiting(), isInPart(waiting) { return waiting }
            guard let frame = try read() else { break }
            if frame.timeStep != 0 { steps.append(frame.timeStep) }
            position = frame.time - (origin ?? frame.time)
            // The nearest frame of an instant before the end is known only when one behind it was read.
            isOver = part.ends(by: position)
            if let sample = try sample(frame), isInPart(sample) { return sample }
        }
        if isOver { return nil }
        let end = max(position, (source.end ?? 0) - (origin ?? 0))
        guard part.from <= end + Self.lead else {
            throw SourceError.malformed("it is over before the part that was asked for begins")
        }
        return nil
    }

    private func isInPart(_ frame: Frame) -> Bool {
        let position = frame.time - (origin ?? frame.time)
        return part.begins(by: position) && !part.ends(by: position)
    }

    /// Returns the frame to sample after a frame was read; `nil` for none.
    private mutating func sample(_ frame: Frame) throws -> Frame? {
        guard nearest != nil else { return sampler.takes(frame.time) ? frame : nil }
        return try nearest?.offer(frame)
    }

    private mutating func read() throws -> Frame? {
        if origin != nil { return try source.nextFrame() }
        guard let first = try source.nextFrame() else { return nil }
        origin = first.time
        guard let target = target(first.time) else { return first }
        _ = try sample(first)
        return try seek(to: target)
    }

    /// Returns the time at which reading has to begin so that the samples of the part are known; `nil` for the
    /// beginning.
    private func target(_ origin: Double) -> Double? {
        // Reading key frames is as fast as seeking, and a decoder that gets nothing else may need the very first.
        guard sampling != .keyFrames else { return nil }
        let slot = sampling.rate.map { 1 / $0 } ?? 0
        let target = origin + part.from - slot - Self.lead
        return target > origin + Self.lead ? target : nil
    }

    /// Seeks to the last key frame before a time, or reopens the file if its index does not say where that is.
    ///
    /// - Returns: the frame there.
    private mutating func seek(to target: Double) throws -> Frame? {
        if source.seek(to: target), let frame = try? source.nextFrame(), frame.time <= target + Self.lead {
            return frame
        }
        source.close()
        try source.open()
        sampler = Sampler(sampling)
        if nearest != nil { nearest = sampling.rate.map(NearestSampler.init) }
        return try source.nextFrame()
    }
}
