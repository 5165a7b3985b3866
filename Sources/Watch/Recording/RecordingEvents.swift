import Basics
import Capture
import Dispatch
import Events

/// Makes events of what the network says of a recording's frames, which comes in any order, in the order of the frames.
///
/// ``take(_:time:number:frame:isDone:)`` may be called from any thread; the work is done on a queue of the recording.
final class RecordingEventDetector: Sendable {
    private struct State {
        var detector: any RegionDetector
        var reorder = ReorderBuffer<Sample>()
        var firstTime: Double?
        /// Time stamp of the recording's first frame, in seconds.
        var start = 0.0
        /// `nil` once there is an event, and for objects.
        var misses: NearestMissSearch?
        /// `nil` if samples are not stored, and after a failure.
        var storage: SampleStorage?
    }

    private struct Sample {
        var inspection: Inspection
        var time: RecordingTime
        var frame: FrameCopy?
        var reader: ReaderState?
        var isDone: @Sendable () -> Void
    }

    /// Time of a sample.
    struct RecordingTime: Sendable {
        var time: SampleTime
        /// Jumps of the time stamps since the sample before, in seconds.
        var steps: [Double]

        init(media: Double, epoch: Timestamp, _ steps: [Double] = []) {
            time = SampleTime(media: media, epoch: epoch)
            self.steps = steps
        }
    }

    private let names: RegionNames
    private let rules: RegionRules
    private let sinks: RecordingSinks
    private let frames: FrameOutputs
    private let progress: RecordingProgress
    /// Measures the stages of the analysis.
    let clock: StageClock
    private let state: QueueConfined<State>
    private let failure = Mutex<FileError?>(nil)
    /// Number of samples that were announced and are not done.
    private let backlog = Mutex(0)
    /// Is signalled when a sample is done.
    private let room = DispatchSemaphore(value: 0)
    /// Samples that were announced and are not done.
    private let inFlight = DispatchGroup()

    init(
        _ names: RegionNames, rules: RegionRules, sinks: RecordingSinks, frames: FrameOutputs,
        progress: RecordingProgress, clock: StageClock = StageClock()
    ) {
        self.clock = clock
        self.names = names
        self.frames = frames
        self.rules = rules
        self.sinks = sinks
        self.progress = progress
        var state = State(detector: rules.detector(names))
        if case .labels = rules { state.misses = NearestMissSearch() }
        self.state = QueueConfined(state, on: DispatchQueue(label: "event detector"))
    }

    /// Begins a recording. To be called before the first sample.
    ///
    /// - Parameters:
    ///   - header: facts about the recording.
    ///   - files: files in which to store the samples; `nil` for none.
    /// - Returns: the checkpoint of an earlier analysis, whose samples have been taken; `nil` to begin at the beginning.
    /// - Throws: ``FileError``.
    func begin(_ header: SampleLog.Header, storedIn files: SampleFiles?) throws -> RecordingCheckpoint? {
        try state.queue.sync {
            try state.access { state in
                state.start = header.start
                guard let files else { return nil }
                let epoch = Timestamp(milliseconds: header.epoch)
                let (storage, checkpoint) = try SampleStorage.open(files, header) { record in
                    observe(
                        Observation(record.output), RecordingTime(media: record.media, epoch: epoch, record.steps),
                        &state)
                }
                state.storage = storage
                return checkpoint
            }
        }
    }

    /// First failure to store samples; `nil` if there is none.
    var storageFailure: FileError? { failure.withLock { $0 } }

    /// Announces a sample. ``finish(_:)`` waits for it.
    func expect() {
        inFlight.enter()
        backlog.withLock { $0 += 1 }
    }

    /// Blocks while so many samples wait for a slow sink that memory would fill up.
    func waitForRoom() {
        while backlog.withLock({ $0 }) > Self.mostWaiting { _ = room.wait(timeout: .now() + .milliseconds(50)) }
    }

    private static let mostWaiting = 1000

    /// Takes the result of an announced sample. From any thread; returns at once.
    ///
    /// - Parameters:
    ///   - number: sequence number of the sample, from 0.
    ///   - frame: copy of the frame, if an output needs it.
    ///   - reader: state of the reader after the sample, if it is to be a checkpoint.
    ///   - isDone: called when the sample has been handled.
    func take(
        _ inspection: Inspection, time: RecordingTime, number: Int, frame: FrameCopy?, reader: ReaderState?,
        isDone: @escaping @Sendable () -> Void
    ) {
        state.queue.async { [self] in
            state.access { state in
                let sample = Sample(
                    inspection: inspection, time: time, frame: frame, reader: reader, isDone: isDone)
                for sample in state.reorder.add(sample, number: number) { detect(sample, &state) }
            }
        }
    }

    /// Returns the objects that are followed with their places in a later frame.
    ///
    /// Blocks until all announced samples are done, so that the places do not depend on the speed of the workers.
    ///
    /// - Parameter time: time of the frame, in seconds of the monotonic clock.
    func predictedObjects(at time: Double) -> [PredictedObject] {
        inFlight.wait()
        return state.queue.sync { state.access { $0.detector.predictor } }?.objects(at: time) ?? []
    }

    /// Blocks until all samples are done, then ends all open events.
    func finish(_ reason: EndReason) {
        inFlight.wait()
        state.queue.sync {
            state.access { state in
                emit(state.detector.finish(reason), &state)
                store(&state) { storage throws(FileError) in try storage.finish(reason) }
            }
        }
    }

    /// Label that came nearest to an event; `nil` if there was an event, or no sample.
    var nearestMiss: NearestMiss? {
        guard case .labels(let targets) = rules else { return nil }
        return state.queue.sync { state.access { $0.misses?.result(targets, labels: names.labels) } }
    }

    private func detect(_ sample: Sample, _ state: inout State) {
        defer {
            sample.isDone()
            backlog.withLock { $0 -= 1 }
            room.signal()
            inFlight.leave()
        }
        clock.measure(.decide) {
            observe(sample.inspection.observation, sample.time, &state, frame: sample.frame)
            store(&state) { storage throws(FileError) in
                try storage.add(SampleRecord(sample.inspection, sample.time))
                if let reader = sample.reader { try storage.save(reader) }
            }
        }
    }

    private func observe(
        _ observation: Observation, _ sample: RecordingTime, _ state: inout State, frame: FrameCopy? = nil
    ) {
        let time = sample.time
        let first = state.firstTime ?? time.media
        state.firstTime = first
        for seconds in sample.steps { reportStep(of: seconds, at: time) }
        if case .labels(let targets) = rules, case .scores(let scores) = observation {
            state.misses?.observe(targets, scores: scores, media: time.media)
        }
        let events = state.detector.observe(observation, at: time)
        frames.take(frame, state.detector.scene(at: time))
        emit(events, &state)
        if sinks.wantsSamples, observation.isInspected {
            sinks.add(SampleLine(observation, time: time, names: names))
        }
        progress.update {
            $0.samples += 1
            $0.position = time.media - first
            // A file whose time stamps jump back is longer than its header says.
            if let duration = $0.duration, $0.position > duration + 1 { $0.duration = nil }
        }
    }

    /// Stores something, unless storing has failed before.
    private func store(_ state: inout State, _ body: (SampleStorage) throws(FileError) -> Void) {
        guard let storage = state.storage else { return }
        do throws(FileError) {
            try body(storage)
        } catch {
            failure.withLock { $0 = $0 ?? error }
            state.storage = nil
        }
    }

    /// Reports a jump of the recording's time stamps.
    private func reportStep(of seconds: Double, at time: SampleTime) {
        sinks.add(
            SourceEventComposer(source: names.source)
                .clockStep(seconds: seconds, cause: .source, at: time.wallClock))
    }

    private func emit(_ events: [AnalysisEvent], _ state: inout State) {
        for event in frames.named(events) {
            if event.isStart { state.misses = nil }
            updateProgress(event)
            sinks.add(event, start: state.start)
        }
    }

    private func updateProgress(_ event: AnalysisEvent) {
        progress.update { state in
            if event.isStart {
                state.events += 1
                state.present.append(event.name)
            } else if event.isEnd {
                state.present.firstIndex(of: event.name).map { _ = state.present.remove(at: $0) }
            }
        }
    }
}

/// Sinks of the events of recordings. Numbers events over all recordings of a run.
package final class RecordingSinks: Sendable {
    /// Text format of events. Each function returns a line, or `nil` to write none.
    package struct Format: Sendable {
        /// Formats an event, given its sequence number and the time stamp of the recording's first frame in seconds.
        package var event: @Sendable (AnalysisEvent, Int, Double) -> [UInt8]?
        /// Formats an event of the recording itself, as a jump of its time stamps, given its sequence number.
        package var source: @Sendable (SourceEvent, Int) -> [UInt8]?

        package init(
            event: @escaping @Sendable (AnalysisEvent, Int, Double) -> [UInt8]?,
            source: @escaping @Sendable (SourceEvent, Int) -> [UInt8]?
        ) {
            self.event = event
            self.source = source
        }

        /// JSON lines.
        package static let json = Format(
            event: { event, sequence, _ in event.line(sequence: sequence).line },
            source: { event, sequence in event.line(sequence: sequence).line })
    }

    private let events: LineSink
    private let samples: LineSink?
    private let format: Format
    private let sequence = Mutex(0)

    /// - Parameters:
    ///   - events: sink for events.
    ///   - samples: sink for the highest scores of every sample.
    ///   - format: text format of events.
    package init(events: LineSink, samples: LineSink?, format: Format = .json) {
        self.events = events
        self.samples = samples
        self.format = format
    }

    /// Whether there is a sink for samples.
    var wantsSamples: Bool { samples != nil }

    /// - Parameter start: time stamp of the recording's first frame, in seconds.
    package func add(_ event: AnalysisEvent, start: Double) { add(format.event(event, nextSequence(), start)) }

    package func add(_ event: SourceEvent) { add(format.source(event, nextSequence())) }

    private func add(_ line: [UInt8]?) {
        if let line { events.add(line) }
    }

    private func nextSequence() -> Int {
        sequence.withLock { sequence in
            sequence += 1
            return sequence
        }
    }

    func add(_ sample: SampleLine) { samples?.add(sample.line) }

    /// Failure of a sink that can no longer write; `nil` if there is none.
    package var failure: LineSink.Failure? { events.currentFailure ?? samples?.currentFailure }

    /// Blocks until everything is written.
    ///
    /// - Throws: ``LineSink/Failure``.
    package func flush() throws {
        try events.flush()
        try samples?.flush()
    }
}
