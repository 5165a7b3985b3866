import Basics
import Capture
import Dispatch
import Events
import struct Synchronization.Atomic

/// Supervisor of a live source: opens it, hands on its frames, and retries for ever when it fails. While the source is
/// away it has no thread and no memory.
///
/// It serves all kinds of sources, so that all reconnect in the same way. A call that hangs is given up at its deadline.
/// While it hangs no other call is made: a source has one thread at most.
///
/// Every method may be called from any thread.
final class SourceSupervisor: Sendable {
    fileprivate struct State {
        var schedule: RetrySchedule
        var timeout = AdaptiveTimeout()
        var isOver = false
        /// Number of the planned attempt that is valid.
        var plan = 0
        /// Attempt in progress.
        var calls: SourceCalls?
        /// Whether the attempt was cancelled by a reload.
        var isReloading = false
    }

    /// Capture source to read.
    private struct Target {
        var make: @Sendable (CancellationToken) -> any Source
        /// Login of the source; `nil` without credentials.
        var login: StreamLogin?
        /// Cancels the call in progress.
        var interruption = CancellationToken()
        var isStopped = false
    }

    private let name: String
    private let settings: SourceSettings
    private let logins: LoginGate
    private let pipeline: LivePipeline
    /// Thread that reads the source: a call that blocks, blocks nothing else.
    private let reader: ThreadQueue
    private let state: QueueConfined<State>
    private let target: Mutex<Target>
    private let over = DispatchGroup()
    /// Bits of the deadline, because there is no atomic floating-point type.
    private let dueBits = Atomic(Double.infinity.bitPattern)

    /// Seconds by which a call may be overdue before it is given up.
    private static let slack = 2.0
    /// Seconds that a cancelled call has to return.
    private static let stopGrace = 2.0
    /// Seconds that closing a source may take.
    private static let closingLimit = 1.0

    /// - Parameters:
    ///   - logins: shared by all sources.
    ///   - control: queue of the supervisor's own work. Supervisors may share it: nothing blocks there.
    ///   - reader: thread that reads the source, and does nothing else.
    init(_ source: LiveSource, logins: LoginGate, control: DispatchQueue, reader: ThreadQueue, pipeline: LivePipeline) {
        name = source.name
        settings = source.settings
        self.logins = logins
        self.reader = reader
        self.pipeline = pipeline
        state = QueueConfined(
            State(schedule: RetrySchedule(firstConnect: settings.firstConnect, reconnect: settings.reconnect)),
            on: control)
        target = Mutex(Target(make: source.make, login: source.login))
        over.enter()
    }

    /// Starts the first attempt. Returns at once.
    func start() {
        expect(within: 0)
        state.queue.async { [self] in attempt() }
    }

    /// Time by which the next progress is due, in seconds of the monotonic clock.
    var due: Double { Double(bitPattern: dueBits.load(ordering: .relaxed)) }

    /// Records progress, and expects the next within a number of seconds.
    private func expect(within seconds: Double) {
        dueBits.store((MonotonicClock.now + seconds).bitPattern, ordering: .relaxed)
    }

    /// Cancels the call in progress, and makes no more. Returns at once.
    func stop() {
        target.withLock { target in
            target.isStopped = true
            target.interruption.cancel()
        }
        state.queue.async { [self] in
            guard state.access({ $0.calls }) != nil else { return end() }
            state.queue.asyncAfter(deadline: .now() + Self.stopGrace) { [self] in endWithoutReader() }
        }
    }

    /// Reconnects at once to another capture source, as if it were the same camera. Returns at once.
    func reload(_ make: @escaping @Sendable (CancellationToken) -> any Source) {
        target.withLock { target in
            target.interruption.cancel()
            if !target.isStopped { target.interruption = CancellationToken() }
            target.make = make
        }
        state.queue.async { [self] in
            let isUnderWay = state.access { state in
                state.schedule.reset()
                state.isReloading = state.calls != nil
                return state.isReloading
            }
            // The attempt in progress was just cancelled and is followed by the next; one that waits is replaced.
            if !isUnderWay { attempt() }
        }
    }

    /// Retries at once if the source refused the login, and does nothing otherwise. Returns at once.
    ///
    /// - Parameter source: with its present credentials.
    func retryRefused(_ source: LiveSource) {
        state.queue.async { [self] in
            guard state.access({ $0.schedule.isRefused }) else { return }
            target.withLock { ($0.make, $0.login) = (source.make, source.login) }
            state.access { $0.schedule.reset() }
            attempt()
        }
    }

    /// Calls `body` when there will be no more frames: the source was stopped, or a recording has ended.
    func whenOver(on queue: DispatchQueue, _ body: @escaping @Sendable () -> Void) {
        over.notify(queue: queue, execute: body)
    }

    // MARK: - Reading, on the source's thread

    /// Opens the source, and hands on frames until there are no more.
    ///
    /// - Parameter limit: seconds that opening may take, if that is less than the source's own time-out.
    private func read(_ source: any Source, _ calls: SourceCalls, limit: Double, _ times: inout FrameTimes) throws {
        try begin(.open, calls, within: source.openLimit)
        defer { close(source, calls) }
        try calls.interruption.withDeadline(limit) { try source.open() }
        if let login = target.withLock(\.login) { logins.accept(login) }
        try calls.handOn { pipeline.reconnected() }
        let before = pipeline.statistics.status
        try begin(.read, calls, within: source.timeLimit)
        while let frame = try source.nextFrame() {
            try calls.handOn {
                if times.note(at: MonotonicClock.now) { delivered(times) }
                pipeline.statistics.update { status in
                    status.corrupt = before.corrupt + source.corruptFrames
                    status.frames = source.receivedFrames.map { before.frames + $0 } ?? status.frames + 1
                }
                try pipeline.take(frame)
            }
            try begin(.read, calls, within: source.timeLimit)
        }
    }

    private func close(_ source: any Source, _ calls: SourceCalls) {
        // It has to be closed even if the attempt was given up.
        try? begin(.close, calls, within: Self.closingLimit)
        source.close()
    }

    private func begin(_ step: SourceCalls.Step, _ calls: SourceCalls, within seconds: Double) throws {
        try calls.begin(step, within: seconds, at: MonotonicClock.now)
        expect(within: seconds)
    }

    /// Records the first frame of a connection.
    private func delivered(_ times: FrameTimes) {
        pipeline.delivered()
        state.queue.async { [self] in
            state.access { state in
                state.schedule.delivered()
                state.timeout.answered(after: times.timeToFirst)
            }
        }
    }

    // MARK: - Attempts

    /// Starts an attempt: one connection, from opening to failure.
    private func attempt() {
        let (make, interruption, isStopped) = target.withLock { ($0.make, $0.interruption, $0.isStopped) }
        guard !isStopped else { return end() }
        guard mayLogIn() else { return }
        let calls = SourceCalls(interruption, at: MonotonicClock.now)
        guard let limit = state.access({ $0.begin(calls) }) else { return }
        pipeline.connecting()
        reader.async { [self] in
            var times = FrameTimes(began: MonotonicClock.now)
            let result = Result { try read(make(interruption), calls, limit: limit, &times) }
            state.queue.async { [self, times] in finished(calls, result, times) }
        }
        watch(calls)
    }

    /// Whether the source may log in now. If not, schedules an attempt for when it may.
    private func mayLogIn() -> Bool {
        guard let login = target.withLock(\.login), state.access({ $0.calls == nil && !$0.isOver }) else { return true }
        let now = MonotonicClock.now
        let plan = state.access { $0.makePlan() }
        switch logins.ask(name, login, at: now, whenNew: { [weak self] in self?.attemptLater(plan, after: 0) }) {
        case .proceed: return true
        case .hold(let end):
            expect(within: end - now)
            attemptLater(plan, after: end - now)
        case .refused(let end, let reason):
            pipeline.failed(state.access { $0.schedule.refused(reason, wait: end - now) }, retry: end)
            expect(within: end - now)
            attemptLater(plan, after: end - now)
        }
        return false
    }

    /// Schedules an attempt, which an earlier attempt or a reload cancels.
    private func attemptLater(_ plan: Int, after seconds: Double) {
        state.queue.asyncAfter(deadline: .now() + seconds) { [self] in
            if state.access({ $0.plan == plan }) { attempt() }
        }
    }

    /// Gives up a call that does not return.
    private func watch(_ calls: SourceCalls) {
        let now = MonotonicClock.now
        let wait = max(0.1, (calls.due ?? now) + Self.slack - now)
        state.queue.asyncAfter(deadline: .now() + wait) { [self] in
            guard state.access({ $0.calls === calls && !$0.isOver }) else { return }
            guard let hang = calls.giveUp(slack: Self.slack, at: MonotonicClock.now) else { return watch(calls) }
            expect(within: .infinity)
            pipeline.failed("\(hang)", retry: .infinity)
        }
    }

    /// Handles the end of an attempt: the source's thread is free again.
    private func finished(_ calls: SourceCalls, _ result: Result<Void, any Error>, _ times: FrameTimes) {
        let (isReloading, isOver) = state.access { $0.end(calls) }
        let login = target.withLock(\.login)
        if let login, !result.isRefusal { logins.fail(name, login) }
        if isOver { return }
        if target.withLock(\.isStopped) { return end() }
        if isReloading {
            pipeline.interrupted()
            return attempt()
        }
        switch result {
        case .success where !calls.isGivenUp:
            pipeline.statistics.update { $0.state = .ended }
            end()
        case .failure(SourceError.refused(_, let reason)) where login != nil: if let login { wait(for: login, reason) }
        case .failure(let error) where !calls.isGivenUp: retry(after: error, times)
        // The reason was reported when the call was given up.
        default: retry(after: nil, times)
        }
    }

    /// Plans the next attempt. The wait counts from the last frame, so time spent waiting for a time-out is not added.
    ///
    /// - Parameter error: `nil` if the reason was reported before.
    private func retry(after error: (any Error)?, _ times: FrameTimes) {
        let now = MonotonicClock.now
        let ((pause, reason), isRefused, plan) = state.access { state in
            if times.hasDelivered { state.schedule.worked(for: times.duration) }
            let outcome = state.schedule.failed(error ?? SourceError.timedOut, chance: .random(in: 0...1))
            return (outcome, state.schedule.isRefused, state.plan)
        }
        // After a refused login the whole wait counts from now.
        let wait = isRefused ? pause : max(0, times.last + pause - now)
        if error != nil { pipeline.failed(reason, retry: now + wait) }
        expect(within: wait)
        attemptLater(plan, after: wait)
    }

    /// Handles a refused login: all sources of the server and user share the wait.
    private func wait(for login: StreamLogin, _ reason: String) {
        let now = MonotonicClock.now
        let plan = state.access(\.plan)
        let end = logins.refuse(name, login, reason, at: now) { [weak self] in self?.attemptLater(plan, after: 0) }
        pipeline.failed(state.access { $0.schedule.refused(reason, wait: end - now) }, retry: end)
        expect(within: end - now)
        attemptLater(plan, after: end - now)
    }

    // MARK: - The end

    /// Ends without the call in progress, which was cancelled and has not returned: its thread is left alone.
    private func endWithoutReader() {
        guard let calls = state.access({ $0.isOver ? nil : $0.calls }) else { return }
        if calls.isGivenUp || calls.giveUp(slack: nil, at: MonotonicClock.now) != nil { return end() }
        // A frame is being handed on, which takes no time.
        state.queue.asyncAfter(deadline: .now() + 0.05) { [self] in endWithoutReader() }
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

extension Result where Failure == any Error {
    /// Whether a login was refused.
    fileprivate var isRefusal: Bool {
        if case .failure(SourceError.refused) = self { true } else { false }
    }
}

extension SourceSupervisor.State {
    /// Plans an attempt, and cancels those that were planned before.
    fileprivate mutating func makePlan() -> Int {
        plan += 1
        return plan
    }

    /// Begins an attempt, unless there is one.
    ///
    /// - Returns: seconds that opening may take.
    fileprivate mutating func begin(_ calls: SourceCalls) -> Double? {
        guard !isOver, self.calls == nil else { return nil }
        plan += 1
        self.calls = calls
        return timeout.attempt()
    }

    /// Ends an attempt.
    fileprivate mutating func end(_ calls: SourceCalls) -> (isReloading: Bool, isOver: Bool) {
        defer { isReloading = false }
        self.calls = nil
        return (isReloading, isOver)
    }
}

/// Times of an attempt's start and frames, in seconds of the monotonic clock.
private struct FrameTimes {
    private let began: Double
    private var first: Double?
    /// Time of the last frame; before the first, the start.
    private(set) var last: Double

    init(began: Double) {
        self.began = began
        last = began
    }

    /// Records a frame.
    ///
    /// - Returns: whether it is the first.
    mutating func note(at time: Double) -> Bool {
        last = time
        guard first == nil else { return false }
        first = time
        return true
    }

    var hasDelivered: Bool { first != nil }

    /// Seconds from the start to the first frame.
    var timeToFirst: Double { (first ?? began) - began }

    /// Seconds from the start to the last frame.
    var duration: Double { last - began }
}
