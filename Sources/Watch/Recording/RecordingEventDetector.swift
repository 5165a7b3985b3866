import Basics
import Dispatch
import Events

/// Takes the scores of a recording's frames, in any order, and makes events of them, in order.
final class RecordingEventDetector: Sendable {
    private struct State {
        var eventDetector: EventDetector
        var inOrder = ReorderBuffer<Sample>()
        var firstTime: Double?
        /// The time stamp with which the recording begins, in seconds.
        var start = 0.0
        /// While nothing has been seen.
        var misses: NearestMissSearch? = NearestMissSearch()
    }

    private struct Sample {
        var scores: [Float]
        var time: RecordingTime
        var isDone: @Sendable () -> Void
    }

    /// When a sample was taken.
    struct RecordingTime: Sendable {
        var time: SampleTime
        /// By how many seconds times have been shifted since the sample before it, each time that they were.
        var steps: [Double] = []
    }

    private let composer: EventComposer
    private let sinks: RecordingSinks
    private let progress: RecordingProgress
    private let state: QueueConfined<State>
    /// Samples that have been announced and not been decided.
    private let underWay = DispatchGroup()

    init(composer: EventComposer, sinks: RecordingSinks, progress: RecordingProgress, queue: DispatchQueue) {
        self.composer = composer
        self.sinks = sinks
        self.progress = progress
        state = QueueConfined(State(eventDetector: EventDetector(targets: composer.targets)), on: queue)
    }

    /// The recording has been opened, and begins with a time stamp, in seconds. To be called before the first sample.
    func begin(at start: Double) { state.queue.async { [self] in state.access { $0.start = start } } }

    /// Announces a sample. ``finish(_:)`` waits for it.
    func expect() { underWay.enter() }

    /// Takes an announced sample. From any thread.
    ///
    /// - Parameters:
    ///   - number: its place among all samples, from 0.
    ///   - isDone: is called when the sample has been decided.
    func decide(scores: [Float], time: RecordingTime, number: Int, isDone: @escaping @Sendable () -> Void) {
        state.queue.async { [self] in
            state.access { state in
                let sample = Sample(scores: scores, time: time, isDone: isDone)
                for sample in state.inOrder.add(sample, number: number) { take(sample, &state) }
            }
        }
    }

    /// Waits for all samples, then ends what is being seen.
    func finish(_ reason: EndReason) {
        underWay.wait()
        state.queue.sync { state.access { emit($0.eventDetector.finish(reason), &$0) } }
    }

    /// What came nearest to being seen; nil if something was, or there was no sample.
    var nearestMiss: NearestMiss? {
        state.queue.sync {
            state.access { $0.misses?.result(composer.targets, labels: composer.labels) }
        }
    }

    private func take(_ sample: Sample, _ state: inout State) {
        defer {
            sample.isDone()
            underWay.leave()
        }
        let time = sample.time.time
        let first = state.firstTime ?? time.media
        state.firstTime = first
        for seconds in sample.time.steps { tellStep(of: seconds, at: time) }
        state.misses?.observe(composer.targets, scores: sample.scores, media: time.media)
        emit(state.eventDetector.observe(scores: sample.scores, at: time), &state)
        if sinks.wantsSamples { sinks.add(SampleLine(scores: sample.scores, time: time, composer: composer)) }
        progress.update {
            $0.samples += 1
            $0.position = time.media - first
            // A file whose time stamps jump back is longer than it says.
            if let duration = $0.duration, $0.position > duration + 1 { $0.duration = nil }
        }
    }

    /// The recording's time stamps have jumped.
    private func tellStep(of seconds: Double, at time: SampleTime) {
        sinks.add(
            SourceEventComposer(source: composer.source)
                .clockStep(seconds: seconds, cause: .source, at: time.wallClock))
    }

    private func emit(_ changes: [EventDetector.Change], _ state: inout State) {
        for change in changes {
            let event = composer.event(for: change)
            note(change, event.group ?? event.label)
            if case .started = change { state.misses = nil }
            sinks.add(event, start: state.start)
        }
    }

    /// Keeps the progress up to date.
    private func note(_ change: EventDetector.Change, _ name: String) {
        progress.update { state in
            switch change {
            case .started:
                state.events += 1
                state.present.append(name)
            case .updated: break
            case .ended: state.present.firstIndex(of: name).map { _ = state.present.remove(at: $0) }
            }
        }
    }
}
