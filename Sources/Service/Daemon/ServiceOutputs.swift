import Basics
import Events
import Watch

/// Outputs of the events of the service.
struct ServiceOutputs {
    let states: EventStates
    /// Sinks by their names.
    private(set) var sinks: [String: any EventSink]
    private(set) var locks: [OwnerLock]
    private let factories: [any SinkFactory]

    /// Uses outputs that were prepared and published, and keeps the others.
    ///
    /// - Parameter old: the outputs until now. Everything has been written to them.
    init(_ preparation: OutputPreparation, after old: ServiceOutputs? = nil) {
        (factories, locks) = (preparation.factories, preparation.locks)
        var sinks = old?.sinks ?? [:]
        for change in preparation.changes where change.factory.restartsService {
            change.apply(to: &sinks, log: nil, states: nil)
        }
        let log = Self.log(sinks)
        if let old, !preparation.renewsState {
            states = old.states
        } else {
            // Readers that stay connected rely on sequence numbers, so these continue with a new log or folder.
            let settings = EventStates.Settings(path: preparation.configuration.state + "/events.json")
            states = EventStates(settings: settings, log: log, after: old?.states.sequence ?? 0)
        }
        for sink in sinks.values { sink.follow(log: log, states: states) }
        self.sinks = sinks
        adopt(preparation)
    }

    /// Uses the sinks that were prepared and published, and can be replaced while the service runs.
    mutating func adopt(_ preparation: OutputPreparation) {
        locks = preparation.locks
        let log = Self.log(sinks)
        for change in preparation.changes where !change.factory.restartsService {
            change.apply(to: &sinks, log: log, states: states)
        }
    }

    private static func log(_ sinks: [String: any EventSink]) -> EventLog? {
        sinks[EventLogFactory().name] as? EventLog
    }

    /// Returns the sinks of some content, in the order in which they get it.
    func sinks(of content: SinkContent) -> [any EventSink] {
        factories.filter { $0.content == content }.compactMap { sinks[$0.name] }
    }

    /// Reopens the files, as after logrotate.
    ///
    /// - Throws: the first error of a sink whose file cannot be opened. Its lines then go to the old file; the other sinks
    ///   are reopened.
    mutating func reopen(_ configuration: Configuration) throws {
        var failure: (any Error)?
        for factory in factories {
            guard let sink = sinks[factory.name] else { continue }
            do {
                sinks[factory.name] = try factory.reopen(sink, configuration.events)
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    func close() { for sink in sinks.values { sink.close() } }
}

extension OutputPreparation.Change {
    /// Replaces or ends the sink. Cannot fail.
    fileprivate func apply(to sinks: inout [String: any EventSink], log: EventLog?, states: EventStates?) {
        if let sink {
            sinks[factory.name] = sink.adopt(log, states)
        } else {
            sinks.removeValue(forKey: factory.name)?.close()
        }
    }
}

// MARK: - Metrics and readiness

extension ServiceOutputs {
    /// Sinks with their names, in the order of the metrics.
    private var named: [(name: String, sink: any EventSink)] {
        factories.compactMap { factory in sinks[factory.name].map { (factory.name, $0) } }
    }

    /// Counts of every sink.
    var figures: [MetricsSnapshot.Sink] {
        named.map { name, sink in
            MetricsSnapshot.Sink(name: name, counts: sink.counts, queueDepth: sink.progress.depth)
        }
    }

    /// Reasons why sinks cannot be written to.
    var failures: [String] { named.compactMap(\.sink.problem) }

    /// Sinks that make no progress, although they do not fail.
    func stalls(at time: Double) -> [Progress.Stall] {
        let queues = named.filter { $0.sink.problem == nil }.map { ($0.name, $0.sink.progress) }
        return (queues + [("state", states.progress)]).compactMap { name, progress in
            progress.stall(at: time).map { Progress.Stall(name: name, seconds: $0, depth: progress.depth) }
        }
    }
}
