import Capture
import Dispatch
import Events
import MobileNet
import Glibc

/// Works through recordings: frames in, events out.
///
///     reader ──► workers ──► decision ──► sinks
///
/// The reader decodes and scales on a queue of its own, the workers run the network, the decision takes the
/// scores in the order of the frames, and each sink writes on a queue of its own. A fixed number of
/// frames is under way at any time; whoever is faster waits, and nothing is dropped. What comes out
/// does not depend on how many workers there are.
package final class RecordingAnalysis: Sendable {
    /// What came of a recording.
    package struct Summary: Sendable {
        /// Frames that were looked at.
        package var samples: Int
        /// Events that began.
        package var events: Int
        /// Seconds of the recording that were worked through.
        package var length: Double
        /// What was left out.
        package var damage: Corruption
        /// When it was made.
        package var clock: RecordingClock
        /// The time stamp with which it begins, in seconds.
        package var start: Double
        /// What came nearest to being seen, if nothing was.
        package var nearestMiss: NearestMiss?
    }

    private let settings: RecordingSettings
    private let plan: Plan
    private let sinks: RecordingSinks
    private let workers: WorkerPool
    private let buffers: BufferPool

    /// Frames under way for each worker: the one that it works on, and the next.
    private static let framesPerWorker = 2

    package init(plan: Plan, settings: RecordingSettings, sinks: RecordingSinks) {
        self.plan = plan
        self.settings = settings
        self.sinks = sinks
        workers = WorkerPool(plan: plan, count: settings.workers)
        buffers = BufferPool(
            count: settings.workers * Self.framesPerWorker,
            width: plan.inputShape.width, height: plan.inputShape.height)
    }

    /// What is known of a recording when all of it has been read.
    private struct Reading: Sendable {
        var clock: RecordingClock
        var damage: Corruption
        /// The time stamp with which it begins, in seconds.
        var start: Double
    }

    /// Works through one recording. Returns when all of its events have been handed to the sinks.
    ///
    /// - Parameters:
    ///   - path: of the file; also what events call the source.
    ///   - interruption: stops the work, also if a call of the system hangs. What is being seen then ends with the
    ///     reason `shutdown`.
    ///   - progress: is told how far the work has come.
    /// - Throws: ``SourceError`` if the recording cannot be read. What was found up to there is in the sinks.
    package func run(path: String, interruption: CancellationToken, progress: RecordingProgress) throws -> Summary {
        let eventDetector = RecordingEventDetector(
            composer: EventComposer(
                source: path, region: "full", model: settings.model, labels: settings.labels,
                targets: settings.targets),
            sinks: sinks, progress: progress, queue: DispatchQueue(label: "decision"))
        let reader = BlockingReader(interruption)
        let outcome = reader.run { [self] calls in try read(path, calls, progress, into: eventDetector) }
        eventDetector.finish(Self.endReason(outcome))
        let reading = try outcome.get()
        let state = progress.state
        return Summary(
            samples: state.samples, events: state.events,
            length: reading.damage.truncatedAt == nil
                ? max(settings.part.length(of: reading.clock.duration) ?? 0, state.position) : state.position,
            damage: reading.damage, clock: reading.clock, start: reading.start, nearestMiss: eventDetector.nearestMiss)
    }

    /// Reads to the end, and gives the frames that are looked at to the workers.
    private func read(
        _ path: String, _ calls: SourceCalls, _ progress: RecordingProgress, into eventDetector: RecordingEventDetector
    ) throws -> Reading {
        let source = FileSource(
            path: path, sampling: settings.sampling, decoderThreads: settings.decoderThreads,
            interruption: calls.interruption)
        defer { source.close() }
        try source.open()
        let clock = self.clock(of: source)
        let start = source.info.startTime ?? 0
        try calls.handOn {
            progress.update { $0.duration = settings.part.length(of: clock.duration) }
            eventDetector.begin(at: start)
        }
        let scaler = Scaler(fit: settings.fit)
        var frames = SampledFrames(source, part: settings.part, sampling: settings.sampling)
        var number = 0
        while let frame = try calls.make(.read, { try frames.next() }) {
            if let failure = sinks.failure { throw failure }
            let time = RecordingEventDetector.RecordingTime(
                time: SampleTime(media: frame.time, epoch: clock.epoch), steps: frames.steps)
            try calls.handOn {
                submit(try buffers.take(frame, scaledBy: scaler), time: time, number: number, to: eventDetector)
            }
            number += 1
        }
        return Reading(clock: clock, damage: source.corruption, start: start)
    }

    private func submit(
        _ buffer: PixelBuffer, time: RecordingEventDetector.RecordingTime, number: Int,
        to eventDetector: RecordingEventDetector
    ) {
        eventDetector.expect()
        workers.submit { [buffers] classifier in
            let scores = classifier.probabilities(pixels: buffer.base, bytesPerRow: buffer.bytesPerRow)
            // The buffer is given back when the decision has been made, not before: that is what keeps a
            // fast worker from running away from a slow one.
            eventDetector.decide(scores: scores, time: time, number: number) { buffers.giveBack(buffer) }
        }
    }

    private static func endReason(_ outcome: Result<Reading, any Error>) -> EndReason {
        switch outcome {
        case .success: .sourceEnded
        case .failure(SourceError.interrupted), .failure(is LineSink.Failure): .shutdown
        case .failure: .sourceLost
        }
    }

    private func clock(of source: FileSource) -> RecordingClock {
        var status = stat()
        let isFile = stat(source.path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        var clock = RecordingClock(
            given: settings.start, creationTime: source.info.creationTime,
            modified: Timestamp(seconds: Double(status.st_mtim.tv_sec)),
            startTime: source.info.startTime ?? 0, duration: source.info.duration)
        // It ended when it was written to for the last time; it has to be known how long before that it began.
        if clock.origin == .modificationTime, clock.duration == nil, isFile {
            clock = RecordingClock(
                given: nil, creationTime: nil, modified: Timestamp(seconds: Double(status.st_mtim.tv_sec)),
                startTime: source.info.startTime ?? 0, duration: source.measureDuration())
        }
        return clock
    }
}
