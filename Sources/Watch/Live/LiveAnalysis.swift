import Capture
import Dispatch
import Events
import MobileNet

/// Watches live sources until it is stopped.
///
///     source ──► clock, sampling, scaling ──► mailbox ──┐
///     source ──► clock, sampling, scaling ──► mailbox ──┼──► lanes ──► decisions ──► sinks
///     source ──► clock, sampling, scaling ──► mailbox ──┘
///
/// What is slow makes nothing else wait: a source that is away, a lane that cannot follow, a reader of the
/// events. Pictures give way to newer ones, lines to newer lines, and both are counted.
public final class LiveAnalysis: Sendable {
    private let lanes: LiveLanes
    private let sinks: LiveSinks
    private let sources: [(name: String, supervisor: SourceSupervisor, pipeline: LivePipeline)]

    public init(plan: Plan, sources: [LiveSource], settings: LiveSettings, sinks: LiveSinks) {
        self.sinks = sinks
        let lanes = LiveLanes(plan: plan, count: settings.lanes)
        self.lanes = lanes
        self.sources = sources.enumerated().map { index, source in
            let board = SourceStatusBoard()
            let queue = DispatchQueue(label: "source \(source.name)")
            let composers = source.settings.regions.map { region in
                EventComposer(
                    source: source.name, region: region.region.name, model: settings.model, labels: settings.labels,
                    subjects: region.subjects)
            }
            let decider = LiveDecider(
                source: source.name, composers: composers, grace: source.settings.grace, sinks: sinks, board: board)
            let pipeline = LivePipeline(
                index: index, queue: queue, settings: source.settings, plan: plan, lanes: lanes,
                laneCount: settings.lanes, decider: decider, board: board)
            return (source.name, SourceSupervisor(source, queue: queue, pipeline: pipeline), pipeline)
        }
    }

    /// Begins to watch.
    ///
    /// - Parameter whenOver: is called on a queue of its own when no source will give a picture any more:
    ///   after ``stop()``, or when all were recordings and are over.
    public func start(whenOver: @escaping @Sendable () -> Void) {
        let group = DispatchGroup()
        let queue = DispatchQueue(label: "live analysis")
        for source in sources {
            group.enter()
            source.supervisor.whenOver(on: queue) { [self] in
                finish(source.pipeline)
                group.leave()
            }
            source.supervisor.start()
        }
        group.notify(queue: queue) { [sinks] in
            sinks.flush()
            whenOver()
        }
    }

    /// Ends everything. What is being seen ends with the reason `shutdown`.
    public func stop() {
        for source in sources { source.supervisor.stop() }
    }

    /// Reads a source from somewhere else from now on. No other source notices, and its own events go on if
    /// it gives pictures again within the grace time.
    ///
    /// - Parameter make: as in ``LiveSource``.
    /// - Returns: whether there is a source with that name.
    @discardableResult
    public func reload(_ name: String, make: @escaping @Sendable (Interruption) -> any Source) -> Bool {
        guard let source = sources.first(where: { $0.name == name }) else { return false }
        source.supervisor.reload(make)
        return true
    }

    /// How the sources are doing.
    public var statuses: [(name: String, status: SourceStatus)] {
        sources.map { ($0.name, $0.pipeline.board.status) }
    }

    /// Whether everything gets on.
    public var vitals: LiveVitals {
        LiveVitals(
            lanes: lanes.vitals, deciders: sources.map(\.pipeline.decider.vitals),
            supervisors: sources.map { LiveVitals.Supervisor(source: $0.name, due: $0.supervisor.due) },
            waiting: lanes.waiting)
    }

    private func finish(_ pipeline: LivePipeline) {
        pipeline.drain()
        pipeline.decider.finish(pipeline.board.status.state == .ended ? .sourceEnded : .shutdown)
    }
}
