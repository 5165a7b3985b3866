import Basics
import Capture
import Dispatch
import Events
import Synchronization

/// Keeps a live source running, for ever: opens it, hands on its pictures, and when it fails waits and opens
/// it again. While it is away it has no thread and no memory.
///
/// There is one for all kinds of sources, so that all come back in the same way.
final class SourceSupervisor: Sendable {
    private struct State {
        var schedule: RetrySchedule
        var patience = Patience()
        var isOver = false
        /// Which of the planned attempts is the one that counts.
        var plan = 0
    }

    /// What is read.
    private struct Target {
        var make: @Sendable (Interruption) -> any Source
        /// Ends the call that is under way.
        var interruption = Interruption()
        var isStopped = false
    }

    private let settings: SourceSettings
    private let pipeline: LivePipeline
    private let state: QueueConfined<State>
    private let target: Guarded<Target>
    private let over = DispatchGroup()
    /// As bits, because there is no atomic floating point number.
    private let dueBits = Atomic(Double.infinity.bitPattern)

    /// - Parameter queue: on which the source is read, and nothing else is done.
    init(_ source: LiveSource, queue: DispatchQueue, pipeline: LivePipeline) {
        settings = source.settings
        self.pipeline = pipeline
        state = QueueConfined(
            State(schedule: RetrySchedule(firstConnect: settings.firstConnect, reconnect: settings.reconnect)), on: queue)
        target = Guarded(Target(make: source.make))
        over.enter()
    }

    /// Begins.
    func start() {
        expect(within: 0)
        state.queue.async { [self] in attempt() }
    }

    /// When there has to be a sign of life at the latest, by the monotonic clock.
    var due: Double { Double(bitPattern: dueBits.load(ordering: .relaxed)) }

    /// There was a sign of life, and there has to be another within so many seconds.
    private func expect(within seconds: Double) {
        dueBits.store((MonotonicClock.now + seconds).bitPattern, ordering: .relaxed)
    }

    /// Ends the call that is under way, and makes no more. Returns at once.
    func stop() {
        target.withLock { target in
            target.isStopped = true
            target.interruption.cancel()
        }
        state.queue.async { [self] in end() }
    }

    /// Reads from something else from now on, as if it were the same camera: it is asked at once. Returns at once.
    func reload(_ make: @escaping @Sendable (Interruption) -> any Source) {
        target.withLock { target in
            target.interruption.cancel()
            if !target.isStopped { target.interruption = Interruption() }
            target.make = make
        }
        // Behind the attempt that is under way, which has just been ended, or in the place of one that waits.
        state.queue.async { [self] in
            state.access { $0.schedule.reset() }
            attempt()
        }
    }

    /// Tries a source at once that refused the login, and leaves every other as it is. Returns at once.
    ///
    /// - Parameter make: as in ``LiveSource``, perhaps with other credentials.
    func retryRefused(_ make: @escaping @Sendable (Interruption) -> any Source) {
        state.queue.async { [self] in
            guard state.access({ $0.schedule.isRefused }) else { return }
            target.withLock { $0.make = make }
            state.access { $0.schedule.reset() }
            attempt()
        }
    }

    /// Calls `body` when there will be no more pictures: it was stopped, or a recording is over.
    func whenOver(on queue: DispatchQueue, _ body: @escaping @Sendable () -> Void) {
        over.notify(queue: queue, execute: body)
    }

    /// One connection, from opening to failure.
    private func attempt() {
        guard !target.withLock(\.isStopped) else { return end() }
        guard !state.access({ $0.isOver }) else { return }
        state.access { $0.plan += 1 }
        pipeline.board.update { $0.state = .connecting }
        var signs = SignsOfLife(began: MonotonicClock.now)
        do {
            try read(&signs)
            pipeline.board.update { $0.state = .ended }
            end()
        } catch SourceError.interrupted {
            // Whoever interrupted it says how it goes on.
            if !target.withLock(\.isStopped) { pipeline.interrupted() }
            expect(within: 0)
        } catch {
            retry(after: error, signs)
        }
    }

    /// Hands on pictures until there are no more.
    private func read(_ signs: inout SignsOfLife) throws {
        let (make, interruption) = target.withLock { ($0.make, $0.interruption) }
        let source = make(interruption)
        defer { source.close() }
        expect(within: source.timeLimit)
        try interruption.withDeadline(state.access { $0.patience.attempt() }) { try source.open() }
        pipeline.reconnected()
        expect(within: source.timeLimit)
        let damagedBefore = pipeline.board.status.damaged
        while let frame = try source.nextFrame() {
            if signs.note(at: MonotonicClock.now) { delivered(signs) }
            pipeline.board.update { $0.damaged = damagedBefore + source.damagedFrames }
            try pipeline.take(frame)
            expect(within: source.timeLimit)
        }
    }

    /// The first picture of a connection has come.
    private func delivered(_ signs: SignsOfLife) {
        state.access { state in
            state.schedule.delivered()
            state.patience.answered(after: signs.timeToFirst)
        }
        pipeline.delivered()
    }

    /// What was waited for in vain is not waited for again: the pause counts from the last sign of life.
    private func retry(after error: any Error, _ signs: SignsOfLife) {
        let now = MonotonicClock.now
        let ((pause, reason), isRefused, plan) = state.access { state in
            if signs.hasDelivered { state.schedule.worked(for: signs.duration) }
            return (state.schedule.failed(error, chance: .random(in: 0...1)), state.schedule.isRefused, state.plan)
        }
        // A login that is refused is not tried sooner because the answer took long.
        let wait = isRefused ? pause : max(0, signs.last + pause - now)
        pipeline.failed(reason, retry: now + wait)
        expect(within: wait)
        state.queue.asyncAfter(deadline: .now() + wait) { [self] in
            // Unless it has been reloaded meanwhile.
            if state.access({ $0.plan == plan }) { attempt() }
        }
    }

    private func end() {
        state.access { state in
            guard !state.isOver else { return }
            state.isOver = true
            expect(within: .infinity)
            over.leave()
        }
    }
}

/// When an attempt began, and when it gave pictures; by the monotonic clock.
private struct SignsOfLife {
    private let began: Double
    private var first: Double?
    /// The last picture, or else the beginning.
    private(set) var last: Double

    init(began: Double) {
        self.began = began
        last = began
    }

    /// There is a picture.
    ///
    /// - Returns: whether it is the first.
    mutating func note(at time: Double) -> Bool {
        last = time
        guard first == nil else { return false }
        first = time
        return true
    }

    var hasDelivered: Bool { first != nil }

    /// Seconds from the beginning to the first picture.
    var timeToFirst: Double { (first ?? began) - began }

    /// Seconds from the beginning to the last picture.
    var duration: Double { last - began }
}
