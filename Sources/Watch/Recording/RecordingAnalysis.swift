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
        /// Time of each stage.
        package var times: StageTimes
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
    ///   - files: files in which to store the samples. An analysis that was interrupted goes on at its last checkpoint, if
    ///     its files are there. The caller sees to it that they are of the same recording and settings.
    ///   - interruption: cancels the analysis, even while a system call hangs. Open events then end with the reason
    ///     `shutdown`.
    ///   - progress: is updated while the analysis runs.
    /// - Throws: ``SourceError`` if the recording cannot be read. The events up to there are in the sinks. ``FileError`` if
    ///   the samples cannot be stored.
    package func run(
        path: String, storedIn files: SampleFiles? = nil, interruption: CancellationToken, progress: RecordingProgress
    ) throws -> Summary {
        let clock = StageClock()
        let eventDetector = RecordingEventDetector(
            RegionNames(source: path, region: Region.full.name, model: settings.model, labels: settings.labels),
            rules: settings.rules, sinks: sinks, frames: frames, progress: progress, clock: clock)
        let reader = BlockingReader(interruption)
        let outcome = reader.run { [self] calls in try read(path, files, calls, progress, into: eventDetector) }
        eventDetector.finish(Self.endReason(outcome))
        let reading = try outcome.get()
        if let failure = eventDetector.storageFailure { throw failure }
        let state = progress.state
        return Summary(
            samples: state.samples, events: state.events,
            length: reading.corruption.truncatedAt == nil
                ? max(reading.part?.length(of: reading.clock.duration) ?? 0, state.position) : state.position,
            isOutside: reading.part == nil,
            corruption: reading.corruption, clock: reading.clock, start: reading.start,
            times: clock.times,
            nearestMiss: eventDetector.nearestMiss)
    }

    /// Reads to the end of the part, and submits the sampled frames to the workers. Runs on the reader's thread.
    private func read(
        _ path: String, _ files: SampleFiles?, _ calls: SourceCalls, _ progress: RecordingProgress,
        into eventDetector: RecordingEventDetector
    ) throws -> Reading {
        let source = FileSource(
            path: path, sampling: settings.sampling, decoderThreads: settings.decoderThreads,
            skipsUnreferenced: settings.choice == .reference, skipsUnsampled: settings.choice == .first,
            interruption: calls.interruption)
        defer { source.close() }
        try source.open()
        let named = settings.nameTime?.time(in: Folder.split(path).name)
        let clock = RecordingClock(of: source, given: settings.start ?? named)
        let start = source.info.startTime ?? 0
        let first = clock.epoch.advanced(by: start)
        guard let part = settings.interval.part(of: settings.part, first: first, duration: clock.duration) else {
            return Reading(clock: clock, part: nil, corruption: source.corruption, start: start)
        }
        let header = header(path, clock, start: start)
        let checkpoint = try calls.handOn {
            progress.update { $0.duration = part.length(of: clock.duration) }
            return try eventDetector.begin(header, storedIn: files)
        }
        let recording = OpenRecording(
            path: path, source: source, clock: clock, part: part, checkpoint: checkpoint, files: files)
        let corruption =
            if let plan = segmentPlan(recording) {
                try readSegments(plan, recording, calls, into: eventDetector)
            } else {
                try readThrough(recording, calls, into: eventDetector)
            }
        return Reading(clock: clock, part: part, corruption: corruption, start: start)
    }

    /// Recording whose analysis begins.
    private struct OpenRecording {
        let path: String
        let source: FileSource
        let clock: RecordingClock
        let part: RecordingPart
        let checkpoint: RecordingCheckpoint?
        let files: SampleFiles?
    }

    // MARK: - Reading in one go

    private func readThrough(
        _ recording: OpenRecording, _ calls: SourceCalls, into eventDetector: RecordingEventDetector
    ) throws -> Corruption {
        var reader = SampleReader(
            recording.source, settings, recording.part, buffers: buffers, clock: eventDetector.clock,
            after: recording.checkpoint)
        var checkpoints = CheckpointTimer(interval: recording.files?.interval)
        var number = 0
        while let frame = try calls.make(.read, { try reader.next() }) {
            if let failure: any Error = sinks.failure ?? eventDetector.storageFailure { throw failure }
            let time = RecordingEventDetector.RecordingTime(
                media: frame.time, epoch: recording.clock.epoch, reader.steps)
            try calls.handOn {
                let images = try reader.images(of: frame) { eventDetector.predictedObjects(at: frame.time) }
                let state = checkpoints.isDue(at: MonotonicClock.now) ? reader.state : nil
                submit(
                    images, Sample(time: time, number: number, frame: self.frames.copy(frame), reader: state),
                    to: eventDetector)
            }
            number += 1
        }
        return reader.corruption
    }

    // MARK: - Reading in segments

    /// Returns the segments of a recording; `nil` to read it in one go: where images depend on what was found before, and where
    /// there is no index, or only one core.
    private func segmentPlan(_ recording: OpenRecording) -> SegmentPlan? {
        guard settings.crops.budget == 0, buffers.objects == nil, frames.isEmpty,
            settings.sampling != .keyFrames, recording.checkpoint?.reader.hasJumped != true,
            let duration = recording.clock.duration, let times = recording.source.keyFrameTimes
        else { return nil }
        var whole = recording.part
        if let checkpoint = recording.checkpoint { whole.from = checkpoint.reader.position + SampleReader.tick }
        let first = times.first ?? 0
        return SegmentPlan(
            whole, duration: duration, keyFrames: times.map { $0 - first },
            lead: SampledFrames.lead + (settings.sampling.rate.map { 1 / $0 } ?? 0) + Self.leadMargin,
            rate: settings.sampling.rate ?? recording.source.traits?.rate ?? 30, readers: settings.readers)
    }

    /// Seconds between a key frame and the time that is sought, so that a rounded time does not miss it.
    private static let leadMargin = 0.05

    private func readSegments(
        _ plan: SegmentPlan, _ recording: OpenRecording, _ calls: SourceCalls,
        into eventDetector: RecordingEventDetector
    ) throws -> Corruption {
        let earlier = recording.checkpoint?.reader
        @Sendable func joined(_ corruption: Corruption) -> Corruption {
            earlier.map { $0.corruption.continued(by: corruption, after: $0.media) } ?? corruption
        }
        let progress = Mutex((number: 0, checkpoints: CheckpointTimer(interval: recording.files?.interval)))
        let order = SegmentOrder(plan, readers: settings.readers) { result in
            progress.withLock { progress in
                let isDue = progress.checkpoints.isDue(at: MonotonicClock.now)
                var state = isDue ? result.reader : nil
                state?.corruption = joined(result.reader.corruption)
                eventDetector.expect()
                eventDetector.take(
                    result.inspection, time: result.time, number: progress.number, frame: nil, reader: state
                ) {}
                progress.number += 1
            }
        }
        let sinks = sinks
        let reading = SegmentedReading(
            path: recording.path, settings: settings, plan: plan, readers: settings.readers,
            epoch: recording.clock.epoch, buffers: buffers, workers: workers, calls: calls,
            clock: eventDetector.clock,
            failure: {
                eventDetector.waitForRoom()
                return sinks.failure ?? eventDetector.storageFailure
            })
        recording.source.close()
        return joined(try calls.make(.read) { try reading.run(order) })
    }

    // MARK: - Samples

    private func header(_ path: String, _ clock: RecordingClock, start: Double) -> SampleLog.Header {
        var isDetector = false
        var classification: ClassificationRules?
        if case .objects(let settings) = settings.rules {
            isDetector = true
            classification = settings.classification
        }
        return SampleLog.Header(
            source: path, epoch: clock.epoch, clock: clock.origin.rawValue, start: start, model: settings.model,
            labels: settings.labels,
            ownLabels: classification.map { min($0.detectorLabels, settings.labels.count) },
            detectsObjects: isDetector, classes: classification?.classNames)
    }

    /// Sample on its way to the event detector.
    private struct Sample: Sendable {
        var time: RecordingEventDetector.RecordingTime
        /// Number of the sample in this run, from 0.
        var number: Int
        /// Copy of the frame, if an output needs it.
        var frame: FrameCopy?
        /// State of the reader after it, if it is to be a checkpoint.
        var reader: ReaderState?
    }

    /// Submits the images of a sample, each to any worker.
    private func submit(_ images: SampleImages, _ sample: Sample, to eventDetector: RecordingEventDetector) {
        eventDetector.expect()
        // The buffers return to the pool only when the event detector has taken the result: so a fast worker cannot run
        // away from a slow one.
        let take: @Sendable (Inspection) -> Void = { inspection in
            eventDetector.take(
                inspection, time: sample.time, number: sample.number, frame: sample.frame, reader: sample.reader
            ) { images.giveBack() }
        }
        guard !images.images.isEmpty else { return take(Inspection([], of: images)) }
        let partial = PartialObservation(images)
        for (index, image) in images.images.enumerated() {
            workers.submit { recognizer in
                let output = eventDetector.clock.measure(.infer) { recognizer.observe(image) }
                if let inspection = partial.add(output, of: index) { take(inspection) }
            }
        }
    }

    private static func endReason(_ outcome: Result<Reading, any Error>) -> EndReason {
        switch outcome {
        case .success: .sourceEnded
        case .failure(SourceError.interrupted), .failure(is LineSink.Failure), .failure(is FileError): .shutdown
        case .failure: .sourceLost
        }
    }
}
