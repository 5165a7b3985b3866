import Basics
import Capture
import Dispatch
import Events

/// Makes events of what a live source shows, and of how the source itself is doing.
///
/// It may be told of everything from any thread; it takes pictures in the order in which they were taken.
final class LiveDecider: Sendable {
    /// What came of a picture.
    enum Outcome: Sendable {
        case scores([Float])
        /// It is the same as the one before.
        case repeated
        /// There is nothing to be seen in it.
        case blank
        /// A newer one took its place.
        case replaced
    }

    private struct Sample {
        var outcome: Outcome
        var time: Moment
        /// When the picture came, by the monotonic clock.
        var received: Double
    }

    private struct State {
        var decision: Decision
        var inOrder = InOrder<Sample>()
        var lastScores: [Float]
        var link: SourceLink
    }

    private let composer: EventComposer
    private let sinks: LiveSinks
    private let board: SourceStatusBoard
    private let state: QueueConfined<State>

    init(composer: EventComposer, grace: Double, sinks: LiveSinks, board: SourceStatusBoard) {
        self.composer = composer
        self.sinks = sinks
        self.board = board
        let state = State(
            decision: Decision(subjects: composer.subjects), lastScores: Self.nothing(composer),
            link: SourceLink(grace: grace, time: MonotonicClock.now))
        self.state = QueueConfined(state, on: DispatchQueue(label: "decision \(composer.source)"))
    }

    /// The scores of a picture in which nothing is to be seen.
    private static func nothing(_ composer: EventComposer) -> [Float] {
        Array(repeating: 0, count: composer.labels.count)
    }

    // MARK: - Pictures

    /// - Parameter number: the picture's place among those that were to be looked at, from 0; each once.
    func take(_ outcome: Outcome, time: Moment, received: Double, number: Int) {
        onQueue { [self] state in
            let sample = Sample(outcome: outcome, time: time, received: received)
            for sample in state.inOrder.add(sample, number: number) { decide(sample, &state) }
        }
    }

    private func decide(_ sample: Sample, _ state: inout State) {
        switch sample.outcome {
        case .scores(let scores): state.lastScores = scores
        case .blank: state.lastScores = Self.nothing(composer)
        case .repeated: break
        case .replaced: return
        }
        emit(state.decision.observe(scores: state.lastScores, at: sample.time))
        if sinks.wantsSamples, case .scores(let scores) = sample.outcome {
            sinks.add(SampleLine(scores: scores, time: sample.time, composer: composer))
        }
        board.update { $0.latency.add(MonotonicClock.now - sample.received) }
    }

    private func emit(_ changes: [Decision.Change]) {
        for change in changes {
            if case .started = change { board.update { $0.events += 1 } }
            sinks.add(composer.event(for: change))
        }
    }

    // MARK: - The source

    /// The source gave the first picture of a connection.
    func connected() {
        onQueue { [self] state in announce(state.link.delivered(at: MonotonicClock.now)) }
    }

    /// The source gives no picture, or no more.
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
        emit(state.decision.finish(.sourceLost))
        state.lastScores = Self.nothing(composer)
        announce(announcement)
    }

    private func announce(_ announcement: SourceLink.Announcement?) {
        switch announcement {
        case .lost(let since, let reason): add(.lost(reason: reason), since: since, at: since)
        case .found(let since, let seconds): add(.found(after: seconds), since: since, at: since + seconds)
        case nil: break
        }
    }

    /// The source's clock, or this machine's, has gone its own way.
    func stepped(_ step: StreamClock.Step) {
        onQueue { [self] _ in
            let now = MonotonicClock.now
            add(.clockStep(seconds: step.seconds, cause: step.cause), since: now, at: now)
        }
    }

    /// - Parameters:
    ///   - since: what names the event: when it began, by the monotonic clock.
    ///   - time: when it happened, by the monotonic clock.
    private func add(_ kind: SourceEvent.Kind, since: Double, at time: Double) {
        let offset = CalendarClock.now - MonotonicClock.now
        sinks.add(
            SourceEvent(
                kind: kind, id: EventID(time: Timestamp(seconds: since + offset), parts: [composer.source, "source"]),
                time: Timestamp(seconds: time + offset), source: composer.source))
    }

    // MARK: - The end

    /// Ends what is being seen, when everything that it was told before has been done.
    func finish(_ reason: EndReason) {
        state.queue.sync { state.access { emit($0.decision.finish(reason)) } }
    }

    private func onQueue(_ body: @escaping @Sendable (inout State) -> Void) {
        state.queue.async { [self] in state.access(body) }
    }
}
