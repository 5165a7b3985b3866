import Basics
import Capture
import Dispatch
import Events
import MobileNet

/// Watches live sources until it is stopped. Sources may come and go meanwhile.
///
///     source ──► clock, sampling, scaling ──► mailbox ──┐
///     source ──► clock, sampling, scaling ──► mailbox ──┼──► workers ──► decisions ──► sinks
///     source ──► clock, sampling, scaling ──► mailbox ──┘
///
/// What is slow makes nothing else wait: a source that is away, a worker that cannot follow, a reader of the
/// events. Frames give way to newer ones, lines to newer lines, and both are counted.
///
/// It may be told everything from any thread.
package final class LiveAnalysis: Sendable {
    private struct Entry {
        let name: String
        let supervisor: SourceSupervisor
        let pipeline: LivePipeline
    }

    private struct State {
        var entries: [Entry] = []
        var nextSlot = 0
        var hasStarted = false
        var isStopped = false
    }

    private let plan: Plan
    private let settings: LiveSettings
    private let workers: LiveWorkers
    private let sinks: LiveSinks
    private let state = Mutex(State())
    /// Sources that are not over yet; and, for those that outlive their sources, the whole.
    private let running = DispatchGroup()
    private let queue = DispatchQueue(label: "live analysis")
    /// Sources of one recorder log in one after the other.
    private let logins = LoginGate()
    /// For all supervisors, which never block: a queue for each would take a thread for each.
    private let control = DispatchQueue(label: "supervisors", qos: .userInitiated)

    /// - Parameter sources: with names that differ.
    package init(plan: Plan, sources: [LiveSource], settings: LiveSettings, sinks: LiveSinks) {
        self.plan = plan
        self.settings = settings
        self.sinks = sinks
        workers = LiveWorkers(plan: plan, count: settings.workers)
        for source in sources { add(source) }
    }

    /// Begins to watch.
    ///
    /// - Parameter whenOver: is called on a queue of its own after ``stop()``, when everything has been written;
    ///   also, if the settings say so, when all sources were recordings and are over.
    package func start(whenOver: @escaping @Sendable () -> Void) {
        if !settings.endsWithSources { running.enter() }
        let entries = state.withLock { state -> [Entry] in
            precondition(!state.hasStarted, "an analysis is started once")
            state.hasStarted = true
            for _ in state.entries { running.enter() }
            return state.entries
        }
        for entry in entries { begin(entry) }
        running.notify(queue: queue) { [sinks] in
            sinks.flush()
            whenOver()
        }
    }

    /// Ends everything. What is being seen ends with the reason `shutdown`.
    package func stop() {
        let entries = state.withLock { state -> [Entry] in
            guard !state.isStopped else { return [] }
            state.isStopped = true
            if state.hasStarted, !settings.endsWithSources { running.leave() }
            return state.entries
        }
        for entry in entries { entry.supervisor.stop() }
    }

    // MARK: - Sources that come and go

    /// Watches one more source, as soon as the analysis has been started.
    ///
    /// - Returns: false if there is one of that name, or everything has been stopped.
    @discardableResult
    package func add(_ source: LiveSource) -> Bool {
        let (entry, begins) = state.withLock { state -> (Entry?, Bool) in
            guard !state.isStopped, !state.entries.contains(where: { $0.name == source.name }) else {
                return (nil, false)
            }
            let entry = makeEntry(source, slot: state.nextSlot)
            state.nextSlot += 1
            state.entries.append(entry)
            if state.hasStarted { running.enter() }
            return (entry, state.hasStarted)
        }
        if let entry, begins { begin(entry) }
        return entry != nil
    }

    /// Watches a source no longer. What is being seen of it ends with the reason `shutdown`. Returns at once.
    ///
    /// - Parameter whenOver: is called when nothing more will come of it and its device is free, on a queue of
    ///   its own.
    /// - Returns: whether there was one of that name.
    @discardableResult
    package func remove(_ name: String, whenOver: @escaping @Sendable () -> Void = {}) -> Bool {
        let entry = state.withLock { state -> Entry? in
            guard let place = state.entries.firstIndex(where: { $0.name == name }) else { return nil }
            return state.entries.remove(at: place)
        }
        guard let entry else { return false }
        // Behind what ends its events, which was registered when it began.
        entry.supervisor.whenOver(on: queue, whenOver)
        entry.supervisor.stop()
        return true
    }

    /// Reads a source from somewhere else from now on. No other source notices, and its own events go on if
    /// it gives frames again within the grace time.
    ///
    /// - Parameter make: as in ``LiveSource``.
    /// - Returns: whether there is a source with that name.
    @discardableResult
    package func reload(_ name: String, make: @escaping @Sendable (CancellationToken) -> any Source) -> Bool {
        guard let entry = state.withLock({ $0.entries.first { $0.name == name } }) else { return false }
        logins.reset()
        entry.supervisor.reload(make)
        return true
    }

    /// Logs in at once where a login was refused and is waited with. Other sources are left as they are.
    ///
    /// - Parameter sources: as they are read from now on, perhaps with other credentials.
    package func retryRefused(_ sources: [LiveSource]) {
        let entries = state.withLock(\.entries)
        logins.reset()
        for source in sources {
            entries.first { $0.name == source.name }?.supervisor.retryRefused(source)
        }
    }

    /// Looks for other things in a source's frames from now on, or judges them otherwise. No frame is lost; what is
    /// being seen ends with the reason `shutdown`.
    ///
    /// - Parameter regions: the same parts of the frame as before.
    /// - Returns: whether there is a source with that name, and these parts.
    package func decide(_ name: String, by regions: [LiveRegion]) -> Bool {
        guard let entry = state.withLock({ $0.entries.first { $0.name == name } }),
            entry.pipeline.regions == regions.map(\.region)
        else { return false }
        entry.pipeline.eventDetector.decide(by: composers(name, regions))
        return true
    }

    /// How the sources are doing.
    package var statuses: [(name: String, status: SourceStatus)] {
        state.withLock(\.entries).map { ($0.name, $0.pipeline.board.status) }
    }

    /// Whether everything gets on.
    package var health: HealthSnapshot {
        let entries = state.withLock(\.entries)
        return HealthSnapshot(
            workers: workers.health, eventDetectors: entries.map(\.pipeline.eventDetector.health),
            supervisors: entries.map { HealthSnapshot.Supervisor(source: $0.name, due: $0.supervisor.due) },
            waiting: workers.waiting)
    }

    // MARK: - Parts

    private func makeEntry(_ source: LiveSource, slot: Int) -> Entry {
        let board = SourceStatistics()
        let reader = ThreadQueue(label: source.name)
        let eventDetector = LiveEventDetector(
            source: source.name, composers: composers(source.name, source.settings.regions),
            grace: source.settings.grace,
            sinks: sinks, board: board)
        let pipeline = LivePipeline(
            slot: slot, reader: reader, settings: source.settings, plan: plan, workers: workers,
            laneCount: settings.workers, eventDetector: eventDetector, board: board)
        let supervisor = SourceSupervisor(source, logins: logins, control: control, reader: reader, pipeline: pipeline)
        return Entry(name: source.name, supervisor: supervisor, pipeline: pipeline)
    }

    private func composers(_ source: String, _ regions: [LiveRegion]) -> [EventComposer] {
        regions.map { region in
            EventComposer(
                source: source, region: region.region.name, model: settings.model, labels: settings.labels,
                targets: region.targets)
        }
    }

    /// What is running has been told already.
    private func begin(_ entry: Entry) {
        entry.supervisor.whenOver(on: queue) { [running] in
            entry.pipeline.finish()
            running.leave()
        }
        entry.supervisor.start()
    }
}
