import Basics
import Capture
import Dispatch
import Events
import MobileNet

/// Live analysis of cameras and streams. Sources may be added and removed while it runs.
///
///     source ──► clock, sampling, scaling ──► latest-frame slot ──┐
///     source ──► clock, sampling, scaling ──► latest-frame slot ──┼──► workers ──► event detectors ──► sinks
///     source ──► clock, sampling, scaling ──► latest-frame slot ──┘
///
/// A slow stage blocks no other: neither a source that is away, nor a worker that cannot keep up, nor a slow reader of
/// the events. Newer frames replace older ones, newer lines replace older lines, and both are counted.
///
/// Every method may be called from any thread.
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

    private let plans: NetworkPlans
    private let settings: LiveSettings
    private let workers: LiveWorkers
    private let sinks: LiveSinks
    private let frames: FrameOutputs
    private let state = Mutex(State())
    /// Sources that have not ended; and the analysis itself, if it outlives its sources.
    private let running = DispatchGroup()
    private let queue = DispatchQueue(label: "live analysis")
    /// Serializes logins to one server as one user.
    private let logins = LoginGate()
    /// Queue of all supervisors, which never block: a queue for each would take a thread for each.
    private let control = DispatchQueue(label: "supervisors", qos: .userInitiated)

    /// - Parameters:
    ///   - sources: their names must differ.
    ///   - frames: outputs that need the sampled frames.
    package init(
        plans: NetworkPlans, sources: [LiveSource], settings: LiveSettings, sinks: LiveSinks,
        frames: FrameOutputs = .none
    ) {
        self.frames = frames
        self.plans = plans
        self.settings = settings
        self.sinks = sinks
        workers = LiveWorkers(plans: plans, count: settings.workers)
        for source in sources { add(source) }
    }

    /// Starts the analysis. To be called once.
    ///
    /// - Parameter whenOver: called on a queue of its own when everything has been written: after ``stop()``, and, with
    ///   ``LiveSettings/endsWithSources``, when all sources were recordings and have ended.
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

    /// Stops all sources. Open events end with the reason `shutdown`. Returns at once.
    package func stop() {
        let entries = state.withLock { state -> [Entry] in
            guard !state.isStopped else { return [] }
            state.isStopped = true
            if state.hasStarted, !settings.endsWithSources { running.leave() }
            return state.entries
        }
        for entry in entries { entry.supervisor.stop() }
    }

    // MARK: - Changing sources

    /// Adds a source. It is read as soon as the analysis has been started.
    ///
    /// - Returns: false if there is a source with that name, or the analysis has been stopped.
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

    /// Removes a source. Its open events end with the reason `shutdown`. Returns at once.
    ///
    /// - Parameter whenOver: called on a queue of its own when the last event is with the sinks and the device is free.
    /// - Returns: whether there was a source with that name.
    @discardableResult
    package func remove(_ name: String, whenOver: @escaping @Sendable () -> Void = {}) -> Bool {
        let entry = state.withLock { state -> Entry? in
            guard let place = state.entries.firstIndex(where: { $0.name == name }) else { return nil }
            return state.entries.remove(at: place)
        }
        guard let entry else { return false }
        // Runs after the end of its events, which was registered when the source was started.
        entry.supervisor.whenOver(on: queue, whenOver)
        entry.supervisor.stop()
        return true
    }

    /// Reconnects a source with other capture settings. Other sources go on; its own open events go on if it gives
    /// frames again within the grace time.
    ///
    /// - Parameter make: as in ``LiveSource/make``.
    /// - Returns: whether there is a source with that name.
    @discardableResult
    package func reload(_ name: String, make: @escaping @Sendable (CancellationToken) -> any Source) -> Bool {
        guard let entry = state.withLock({ $0.entries.first { $0.name == name } }) else { return false }
        logins.reset()
        entry.supervisor.reload(make)
        return true
    }

    /// Retries at once the sources that refused the login. Other sources go on.
    ///
    /// - Parameter sources: with their present credentials.
    package func retryRefused(_ sources: [LiveSource]) {
        let entries = state.withLock(\.entries)
        logins.reset()
        for source in sources {
            entries.first { $0.name == source.name }?.supervisor.retryRefused(source)
        }
    }

    /// Replaces the rules of a source: targets and thresholds, zones and lines. No frame is lost. Objects stay; open events
    /// of labels end with the reason `shutdown`.
    ///
    /// - Parameter regions: the same regions as before, in the same order.
    /// - Returns: whether there is a source with that name and these regions.
    package func decide(_ name: String, by regions: [LiveRegion]) -> Bool {
        guard let entry = state.withLock({ $0.entries.first { $0.name == name } }),
            entry.pipeline.regions == regions.map(\.region)
        else { return false }
        entry.pipeline.eventDetector.replace(regions.map(\.rules))
        return true
    }

    /// Status of each source.
    package var statuses: [(name: String, status: SourceStatus)] {
        state.withLock(\.entries).map { ($0.name, $0.pipeline.statistics.status) }
    }

    /// Progress counters for the watchdog.
    package var health: HealthSnapshot {
        let entries = state.withLock(\.entries)
        return HealthSnapshot(
            workers: workers.health, eventDetectors: entries.map(\.pipeline.eventDetector.health),
            supervisors: entries.map { HealthSnapshot.Supervisor(source: $0.name, due: $0.supervisor.due) },
            waiting: workers.waiting)
    }

    // MARK: - Parts

    private func makeEntry(_ source: LiveSource, slot: Int) -> Entry {
        let statistics = SourceStatistics()
        let reader = ThreadQueue(label: source.name)
        let eventDetector = LiveEventDetector(
            source: source.name, detectors: detectors(source.name, source.settings.regions),
            grace: source.settings.grace, sinks: sinks, frames: frames, statistics: statistics)
        let pipeline = LivePipeline(
            slot: slot, reader: reader, settings: source.settings, plans: plans, workers: workers,
            workerCount: settings.workers, eventDetector: eventDetector, frames: frames, statistics: statistics)
        let supervisor = SourceSupervisor(source, logins: logins, control: control, reader: reader, pipeline: pipeline)
        return Entry(name: source.name, supervisor: supervisor, pipeline: pipeline)
    }

    private func detectors(_ source: String, _ regions: [LiveRegion]) -> [any RegionDetector] {
        regions.map { region in
            region.rules.detector(
                RegionNames(
                    source: source, region: region.region.name, model: settings.model, labels: settings.labels))
        }
    }

    /// Starts an entry that ``running`` already counts.
    private func begin(_ entry: Entry) {
        entry.supervisor.whenOver(on: queue) { [running] in
            entry.pipeline.finish()
            running.leave()
        }
        entry.supervisor.start()
    }
}
