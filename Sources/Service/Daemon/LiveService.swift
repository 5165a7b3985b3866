import Events
import MobileNet
import Watch

/// Sources that are watched, and where their events go: everything that one configuration describes, running.
///
/// Used by one thread at a time.
final class LiveService {
    private(set) var checked: CheckedConfiguration
    private(set) var outputs: ServiceOutputs
    let analysis: LiveAnalysis
    private let sinks: LiveSinks
    private let sockets: ListenedSockets

    /// The name of the event socket in the service manager's unit.
    static let socketName = "events"

    /// Opens the outputs, and gets the sources ready.
    ///
    /// - Throws: what ``ServiceOutputs`` and ``CheckedConfiguration/sources()`` throw.
    init(_ checked: CheckedConfiguration, _ environment: ServiceEnvironment) throws {
        self.checked = checked
        sockets = environment.sockets
        let configuration = checked.configuration
        let sources = try checked.sources()
        outputs = try ServiceOutputs(configuration, listener: sockets.descriptor(named: Self.socketName))
        sinks = LiveSinks(events: outputs.events, samples: outputs.samples, states: outputs.states)
        analysis = LiveAnalysis(
            plan: checked.model.plan, sources: sources,
            settings: LiveSettings(
                lanes: configuration.lanes ?? environment.coreCount, labels: checked.model.labels,
                model: checked.model.name, endsWithSources: false),
            sinks: sinks)
    }

    /// - Parameter whenOver: is called on a queue of its own after ``stop()``, when everything has been written.
    func start(whenOver: @escaping @Sendable () -> Void) { analysis.start(whenOver: whenOver) }

    /// Ends everything. What is being seen ends with the reason `shutdown`.
    func stop() { analysis.stop() }

    /// Begins the files anew, as after `logrotate`.
    ///
    /// - Throws: ``LineSink/Failure`` if one cannot be opened. Then its lines go where they went before.
    func reopen() throws {
        try outputs.reopen(checked.configuration)
        sinks.replace(events: outputs.events, samples: outputs.samples)
    }

    /// How the sources are doing.
    var statuses: [(name: String, status: SourceStatus)] { analysis.statuses }

    /// Closes what others are connected to. To be called when everything has been written.
    func close() { outputs.close() }

    /// What can be measured.
    func subject(_ environment: ServiceEnvironment) -> ServiceMetrics.Subject {
        let model = MetricsSnapshot.Model(
            name: checked.model.name, kernels: environment.instructionSet.rawValue, classes: checked.model.labels.count)
        return ServiceMetrics.Subject(analysis: analysis, outputs: outputs, model: model)
    }

    // MARK: - Another configuration

    /// Parts that cannot change while the service goes on: all of it begins anew.
    static let fixed: Set<ConfigurationDifference.Part> = [.everything, .eventLog, .state]

    /// Does what a new configuration changes, and nothing else: other sources lose no picture.
    ///
    /// - Precondition: none of ``fixed`` changes.
    /// - Throws: if an output cannot be opened, or a source cannot be made; then the old configuration stands.
    func apply(_ difference: ConfigurationDifference, _ new: CheckedConfiguration) throws {
        precondition(difference.parts.isDisjoint(with: Self.fixed), "this needs a new start")
        let sources = Dictionary(uniqueKeysWithValues: try new.sources().map { ($0.name, $0) })
        try applyOutputs(difference.parts, new.configuration)
        for name in difference.removed { analysis.remove(name) }
        for (name, change) in difference.changed {
            guard let source = sources[name] else { continue }
            if change == .decision, analysis.decide(name, by: source.settings.regions) { continue }
            // A camera can be opened when it has been closed.
            analysis.remove(name) { [analysis] in analysis.add(source) }
        }
        for name in difference.added { if let source = sources[name] { analysis.add(source) } }
        analysis.retryRefused(Array(sources.values))
        checked = new
    }

    private func applyOutputs(_ parts: Set<ConfigurationDifference.Part>, _ configuration: Configuration) throws {
        guard !parts.isDisjoint(with: [.socket, .samples]) else { return }
        if parts.contains(.samples) { try outputs.openSamples(configuration) }
        if parts.contains(.socket) {
            try outputs.openSocket(configuration, listener: sockets.descriptor(named: Self.socketName))
        }
        sinks.replace(events: outputs.events, samples: outputs.samples)
    }
}
