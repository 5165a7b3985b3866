import Basics
import Capture
import Dispatch
import Logging
import Watch

/// The service: watches the sources of a configuration until it is told to stop, and handles signals.
///
/// All of its own work happens on one queue.
package final class Daemon: Sendable {
    private struct State {
        var service: LiveService
        var log: Logger
        var journal: SourceJournal
        var phase = Phase.running
        var isReady = false
        var status = StatusLine()
        /// Time of the next status message to the service manager, in seconds of the monotonic clock.
        var nextStatus = 0.0
        var signals: ServiceSignals?
        var timer: (any DispatchSourceTimer)?
        var watchdog: WatchdogTimer?
        var metrics: ServiceMetrics
        /// Whether the configuration is to be reloaded after the restart.
        var reloadIsDue = false
    }

    /// Configuration that is ready to run.
    private struct Adoption {
        let service: LiveService.Preparation
        let metrics: ServiceMetrics.Preparation
    }

    private enum Phase {
        case running
        /// Stops, and restarts with another configuration.
        case restarting(Adoption)
        case stopping
        /// Has ended.
        case over(inOrder: Bool)
    }

    private let path: String
    private let environment: ServiceEnvironment
    private let serviceLog: ServiceLog
    private let queue: DispatchQueue
    private let state: QueueConfined<State>
    private let health: ServiceHealth
    private let over = DispatchSemaphore(value: 0)

    /// Seconds between checks of the sources.
    private static let interval = 0.25
    /// Seconds between status messages to the service manager.
    private static let statusInterval = 10.0
    /// Seconds that stopping may take.
    private static let stopLimit = 4.5
    /// Further seconds after which the service ends even if its queue is blocked.
    private static let stopMargin = 0.3

    /// Opens the outputs, and prepares the sources.
    ///
    /// - Parameter file: the configuration. A reload reads it again from its path.
    /// - Throws: ``ConfigurationProblems``, ``FileError``, ``LineSink/Failure``, ``OwnerLock/Failure``,
    ///   ``EventSocket/Failure``, ``MetricsServer/Failure``.
    package init(_ file: ConfigurationFile, _ environment: ServiceEnvironment, _ serviceLog: ServiceLog) throws {
        path = file.path
        self.environment = environment
        self.serviceLog = serviceLog
        queue = DispatchQueue(label: "daemon", qos: .userInitiated)
        let checked = try CheckedConfiguration(file, environment)
        let log = serviceLog.logger(level: checked.configuration.log.level.loggerLevel)
        for warning in checked.warnings { log.warning("\(warning)") }
        log.notice("\(checked.model)")
        let service = try LiveService(checked, environment) { log.warning("\($0)") }
        health = ServiceHealth(service.analysis)
        for warning in service.warnings { log.warning("\(warning)") }
        let metrics = ServiceMetrics(service.target(environment), journal: serviceLog)
        let preparation = try metrics.prepare(checked.configuration.metrics, triesFile: false)
        try Publication(parts: [preparation.server].compactMap { $0 }).publish()
        metrics.offer(preparation, log)
        state = QueueConfined(
            State(service: service, log: log, journal: SourceJournal(log), metrics: metrics), on: queue)
    }

    /// Runs until a signal ends it.
    ///
    /// - Returns: whether everything ended cleanly and in time.
    package func run() -> Bool {
        queue.sync { state.access { begin(&$0) } }
        over.wait()
        serviceLog.flush()
        return withDeadline(Self.stopMargin) { [self] in
            queue.sync { state.access { if case .over(inOrder: true) = $0.phase { true } else { false } } }
        } ?? false
    }

    // MARK: - Running

    private func begin(_ state: inout State) {
        state.signals = ServiceSignals(
            on: queue, reload: { [self] in self.state.access(reload) }, reopen: { [self] in self.state.access(reopen) },
            stop: { [self] in self.state.access(stop) })
        start(&state)
        let timer = DispatchSource.makeTimerSource(queue: queue)
        timer.setEventHandler { [self] in self.state.access(checkSources) }
        timer.schedule(deadline: .now(), repeating: Self.interval)
        timer.activate()
        state.timer = timer
        state.watchdog = watchdog(state.log)
    }

    private func start(_ state: inout State) {
        state.service.start { [self] in queue.async { [self] in self.state.access(ended) } }
    }

    /// Checks the sources, and reports their status.
    private func checkSources(_ state: inout State) {
        let now = MonotonicClock.now
        health.noteCheck(at: now)
        let statuses = state.service.statuses
        state.journal.note(statuses, at: now)
        if !state.isReady, statuses.allSatisfy({ $0.status.hasBeenTried }) {
            state.isReady = true
            state.nextStatus = now  // the last status was sent before any source was tried
            ProcessMemory.trimAfterStartup()
            state.log.notice("watching \(statuses.count) source\(statuses.count == 1 ? "" : "s")")
            tell(.ready)
        }
        if now >= state.nextStatus {
            state.nextStatus = now + Self.statusInterval
            tell(.status(state.status.text(statuses, at: now)))
        }
    }

    private func tell(_ messages: NotifierMessage...) {
        // The service runs without its manager, too.
        for message in messages { try? environment.notifier?.send(message) }
    }

    private func watchdog(_ log: Logger) -> WatchdogTimer? {
        environment.watchdogPeriod.map { period in
            WatchdogTimer(
                period: period, stalls: { [health] in health.stalls(at: $0) }, tell: { [self] in tell(.watchdog) },
                complain: { stalls in for stall in stalls { log.critical("\(stall)") } })
        }
    }

    private func reopen(_ state: inout State) {
        do {
            try state.service.reopen()
            state.log.info("log files reopened")
        } catch {
            state.log.error("\(error)")
        }
    }

    // MARK: - Reload

    private func reload(_ state: inout State) {
        switch state.phase {
        case .running: break
        case .restarting: return state.reloadIsDue = true
        case .stopping, .over: return
        }
        tell(.reloading(monotonicMicroseconds: Notifier.monotonicMicroseconds))
        do {
            let known = (state.service.checked.configuration.model, state.service.checked.model.first)
            let checked = try CheckedConfiguration(try ConfigurationFile(path: path), environment, known: known)
            adopt(try prepare(checked, state), &state)
        } catch {
            for line in "\(error)".split(separator: "\n") { state.log.error("\(line)") }
            state.log.error("\(path): not adopted; the previous configuration stays in use")
        }
        // A restart reports when it is complete.
        if case .running = state.phase { tell(.ready) }
    }

    /// Opens new outputs while the service runs. A failure has no effect on it.
    private func prepare(_ checked: CheckedConfiguration, _ state: State) throws -> Adoption {
        let known = state.service.checked
        let difference = ConfigurationDifference(
            from: known.configuration, to: checked.configuration, groupsDiffer: known.groups != checked.groups)
        let adoption = Adoption(
            service: try LiveService.prepare(checked, difference, environment, replacing: state.service),
            metrics: try state.metrics.prepare(checked.configuration.metrics, triesFile: true))
        let server: [any Publishable] = [adoption.metrics.server].compactMap { $0 }
        try Publication(parts: adoption.service.outputs.publications + server).publish()
        return adoption
    }

    /// Applies a configuration. Cannot fail.
    private func adopt(_ adoption: Adoption, _ state: inout State) {
        let checked = adoption.service.checked
        state.log = serviceLog.logger(level: checked.configuration.log.level.loggerLevel)
        state.journal = SourceJournal(state.log)
        for warning in checked.warnings { state.log.warning("\(warning)") }
        guard !adoption.service.isNewStart else {
            state.log.notice("\(path): adopted; everything restarts")
            state.phase = .restarting(adoption)
            return state.service.stop()
        }
        state.service.adopt(adoption.service)
        measure(adoption, &state)
        let isSame = adoption.service.difference.isEmpty
        state.log.notice("\(path): adopted\(isSame ? ", nothing has changed" : "")")
    }

    private func measure(_ adoption: Adoption, _ state: inout State) {
        state.metrics.observe(state.service.target(environment))
        state.metrics.offer(adoption.metrics, state.log)
    }

    /// Continues after the analysis has ended.
    private func ended(_ state: inout State) {
        switch state.phase {
        case .restarting(let adoption): restart(adoption, &state)
        case .running, .stopping: finish(inOrder: true, &state)
        case .over: break
        }
    }

    private func restart(_ adoption: Adoption, _ state: inout State) {
        state.service = LiveService(adoption.service, after: state.service, environment)
        for warning in state.service.warnings { state.log.warning("\(warning)") }
        state.phase = .running
        health.watch(state.service.analysis)
        ProcessMemory.trimAfterStartup()  // the previous model
        measure(adoption, &state)
        start(&state)
        tell(.ready)
        guard state.reloadIsDue else { return }
        state.reloadIsDue = false
        reload(&state)
    }

    // MARK: - Shutdown

    private func stop(_ state: inout State) {
        if case .stopping = state.phase { return }
        let wasRestarting = if case .restarting = state.phase { true } else { false }
        state.phase = .stopping
        tell(.stopping)
        state.log.notice("stopping")
        if !wasRestarting { state.service.stop() }
        let overdue = DispatchTime.now() + Self.stopLimit + Self.stopMargin
        DispatchQueue.global().asyncAfter(deadline: overdue) { [self] in over.signal() }
        queue.asyncAfter(deadline: .now() + Self.stopLimit) { [self] in
            self.state.access { state in
                guard case .stopping = state.phase else { return }
                state.log.critical("shutdown timed out")
                finish(inOrder: false, &state)
            }
        }
    }

    private func finish(inOrder: Bool, _ state: inout State) {
        state.timer?.cancel()
        state.watchdog?.stop()
        state.metrics.stop()
        state.service.close()
        state.signals = nil
        state.phase = .over(inOrder: inOrder)
        over.signal()
    }
}
