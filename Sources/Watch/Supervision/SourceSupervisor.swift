import Basics
import Capture
import Dispatch
import Events
import struct Synchronization.Atomic

/// Keeps a live source running, for ever: opens it, hands on its frames, and when it fails waits and opens
/// it again. While it is away it has no thread and no memory.
///
/// There is one for all kinds of sources, so that all come back in the same way. A call that hangs is given up
/// when it should have returned. As long as it hangs there is no other: a source has one thread at most.
final class SourceSupervisor: Sendable {
    fileprivate struct State {
        var schedule: RetrySchedule
        var timeout = AdaptiveTimeout()
        var isOver = false
        /// Which of the planned attempts is the one that counts.
        var plan = 0
        /// The attempt that is under way.
        var calls: SourceCalls?
        /// Whether it was ended to be made anew.
        var isReloading = false
    }

    /// What is read.
    private struct Target {
        var make: @Sendable (CancellationToken) -> any Source
        /// Who logs in where.
        var login: StreamLogin?
        /// Ends the call that is under way.
        var interruption = CancellationToken()
        var isStopped = false
    }

    private let name: String
    private let settings: SourceSettings
    private let logins: LoginGate
    private let pipeline: LivePipeline
    /// Where the source is read. What blocks, blocks nothing else.
    private let reader: ThreadQueue
    private let state: QueueConfined<State>
    private let target: Mutex<Target>
    private let over = DispatchGroup()
    /// As bits, because there is no atomic floating point number.
    private let dueBits = Atomic(Double.infinity.bitPattern)

    /// Seconds by which a call may be late before it is given up.
    private static let slack = 2.0
    /// Seconds for which a call is waited for that was told to end.
    private static let stopGrace = 2.0
    /// Seconds in which a source has to be closed.
    private static let closingLimit = 1.0

    /// - Parameters:
    ///   - logins: of all sources.
    ///   - control: on which it is decided what is to be done. Supervisors may share it: nothing blocks there.
    ///   - reader: on which the source is read, and nothing else is done.
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
        state.queue.async { [self] in
            guard state.access({ $0.calls }) != nil else { return end() }
            state.queue.asyncAfter(deadline: .now() + Self.stopGrace) { [self] in endWithoutReader() }
        }
    }

    /// Reads from something else from now on, as if it were the same camera: it is asked at once. Returns at once.
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
            // Behind the attempt that is under way, which has just been ended, or in the place of one that waits.
            if !isUnderWay { attempt() }
        }
    }

    /// Tries a source at once that refused the login, and leaves every other as it is. Returns at once.
    ///
    /// - Parameter source: as it is read from now on, perhaps with other credentials.
    func retryRefused(_ source: LiveSource) {
        state.queue.async { [self] in
            guard state.access({ $0.schedule.isRefused }) else { return }
            target.withLock { ($0.make, $0.login) = (source.make, source.login) }
            state.access { $0.schedule.reset() }
            attempt()
        }
    }

    /// Calls `body` when there will be no more frames: it was stopped, or a recording is over.
    func whenOver(on queue: DispatchQueue, _ body: @escaping @Sendable () -> Void) {
        over.notify(queue: queue, execute: body)
    }

    // MARK: - Reading, on the thread of the source

    /// Opens the source, and hands on frames until there are no more.
    ///
    /// - Parameter limit: seconds that opening may take, if that is less than the source allows itself.
    private func read(_ source: any Source, _ calls: SourceCalls, limit: Double, _ signs: inout SignsOfLife) throws {
        try begin(.open, calls, within: source.openLimit)
        defer { close(source, calls) }
        try calls.interruption.withDeadline(limit) { try source.open() }
        if let login = target.withLock(\.login) { logins.accept(login) }
        try calls.handOn { pipeline.reconnected() }
        let before = pipeline.board.status
        try begin(.read, calls, within: source.timeLimit)
        while let frame = try source.nextFrame() {
            try calls.handOn {
                if signs.note(at: MonotonicClock.now) { delivered(signs) }
                pipeline.board.update { status in
                    status.damaged = before.damaged + source.corruptFrames
                    status.frames = source.receivedFrames.map { before.frames + $0 } ?? status.frames + 1
                }
                try pipeline.take(frame)
            }
            try begin(.read, calls, within: source.timeLimit)
        }
    }

    private func close(_ source: any Source, _ calls: SourceCalls) {
        // Nobody may wait for it, but it has to be closed all the same.
        try? begin(.close, calls, within: Self.closingLimit)
        source.close()
    }

    private func begin(_ step: SourceCalls.Step, _ calls: SourceCalls, within seconds: Double) throws {
        try calls.begin(step, within: seconds, at: MonotonicClock.now)
        expect(within: seconds)
    }

    /// The first frame of a connection has come.
    private func delivered(_ signs: SignsOfLife) {
        pipeline.delivered()
        state.queue.async { [self] in
            state.access { state in
                state.schedule.delivered()
                state.timeout.answered(after: signs.timeToFirst)
            }
        }
    }

    // MARK: - Attempts

    /// One connection, from opening to failure.
    private func attempt() {
        let (make, interruption, isStopped) = target.withLock { ($0.make, $0.interruption, $0.isStopped) }
        guard !isStopped else { return end() }
        guard mayLogIn() else { return }
        let calls = SourceCalls(interruption, at: MonotonicClock.now)
        guard let limit = state.access({ $0.begin(calls) }) else { return }
        pipeline.connecting()
        reader.async { [self] in
            var signs = SignsOfLife(began: MonotonicClock.now)
            let result = Result { try read(make(interruption), calls, limit: limit, &signs) }
            state.queue.async { [self, signs] in finished(calls, result, signs) }
        }
        watch(calls)
    }

    /// Whether the source may log in now. If not, it is tried again when it may.
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

    /// Tries it when some time has passed, unless it is tried or reloaded before.
    private func attemptLater(_ plan: Int, after seconds: Double) {
        state.queue.asyncAfter(deadline: .now() + seconds) { [self] in
            if state.access({ $0.plan == plan }) { attempt() }
        }
    }

    /// Gives a call up that does not return.
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

    /// The thread is free again.
    private func finished(_ calls: SourceCalls, _ result: Result<Void, any Error>, _ signs: SignsOfLife) {
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
            pipeline.board.update { $0.state = .ended }
            end()
        case .failure(SourceError.refused(_, let reason)) where login != nil: if let login { wait(for: login, reason) }
        case .failure(let error) where !calls.isGivenUp: retry(after: error, signs)
        // Why, has been said.
        default: retry(after: nil, signs)
        }
    }

    /// What was waited for in vain is not waited for again: the pause counts from the last sign of life.
    ///
    /// - Parameter error: `nil` if why it failed has been said.
    private func retry(after error: (any Error)?, _ signs: SignsOfLife) {
        let now = MonotonicClock.now
        let ((pause, reason), isRefused, plan) = state.access { state in
            if signs.hasDelivered { state.schedule.worked(for: signs.duration) }
            let outcome = state.schedule.failed(error ?? SourceError.timedOut, chance: .random(in: 0...1))
            return (outcome, state.schedule.isRefused, state.plan)
        }
        // A login that is refused is not tried sooner because the answer took long.
        let wait = isRefused ? pause : max(0, signs.last + pause - now)
        if error != nil { pipeline.failed(reason, retry: now + wait) }
        expect(within: wait)
        attemptLater(plan, after: wait)
    }

    /// The login was refused: it is tried again when no source of the same server has to wait any more.
    private func wait(for login: StreamLogin, _ reason: String) {
        let now = MonotonicClock.now
        let plan = state.access(\.plan)
        let end = logins.refuse(name, login, reason, at: now) { [weak self] in self?.attemptLater(plan, after: 0) }
        pipeline.failed(state.access { $0.schedule.refused(reason, wait: end - now) }, retry: end)
        expect(within: end - now)
        attemptLater(plan, after: end - now)
    }

    // MARK: - The end

    /// It was told to stop, and a call has not returned: it is left to itself.
    private func endWithoutReader() {
        guard let calls = state.access({ $0.isOver ? nil : $0.calls }) else { return }
        if calls.isGivenUp || calls.giveUp(slack: nil, at: MonotonicClock.now) != nil { return end() }
        // A frame is on its way, which takes no time.
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
    /// Whether it is that a login was refused.
    fileprivate var isRefusal: Bool {
        if case .failure(SourceError.refused) = self { true } else { false }
    }
}

extension SourceSupervisor.State {
    /// Another attempt is planned; those that were planned before do not count.
    fileprivate mutating func makePlan() -> Int {
        plan += 1
        return plan
    }

    /// An attempt begins, unless there is one.
    ///
    /// - Returns: for how many seconds the source may be waited for, at most.
    fileprivate mutating func begin(_ calls: SourceCalls) -> Double? {
        guard !isOver, self.calls == nil else { return nil }
        plan += 1
        self.calls = calls
        return timeout.attempt()
    }

    /// An attempt has ended.
    fileprivate mutating func end(_ calls: SourceCalls) -> (isReloading: Bool, isOver: Bool) {
        defer { isReloading = false }
        self.calls = nil
        return (isReloading, isOver)
    }
}

/// When an attempt began, and when it gave frames; by the monotonic clock.
private struct SignsOfLife {
    private let began: Double
    private var first: Double?
    /// The last frame, or else the beginning.
    private(set) var last: Double

    init(began: Double) {
        self.began = began
        last = began
    }

    /// There is a frame.
    ///
    /// - Returns: whether it is the first.
    mutating func note(at time: Double) -> Bool {
        last = time
        guard first == nil else { return false }
        first = time
        return true
    }

    var hasDelivered: Bool { first != nil }

    /// Seconds from the beginning to the first frame.
    var timeToFirst: Double { (first ?? began) - began }

    /// Seconds from the beginning to the last frame.
    var duration: Double { last - began }
}
