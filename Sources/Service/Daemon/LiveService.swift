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
    /// What could be better with the outputs.
    let warnings: [String]
    private let sinks: LiveSinks

    /// The name of the event socket in the service manager's unit.
    static let socketName = "events"

    /// A configuration that is ready to run. If it is dropped, what runs has not noticed.
    struct Preparation {
        let checked: CheckedConfiguration
        let difference: ConfigurationDifference
        let sources: [LiveSource]
        let outputs: OutputPreparation

        /// Whether everything has to begin anew.
        var isNewStart: Bool { !difference.parts.isDisjoint(with: LiveService.fixed) }
    }

    /// Opens the outputs that are new, and gets the sources ready.
    ///
    /// - Parameters:
    ///   - difference: what the configuration changes.
    ///   - old: what runs now.
    /// - Throws: what ``OutputPreparation`` and ``CheckedConfiguration/sources()`` throw.
    static func prepare(
        _ checked: CheckedConfiguration, _ difference: ConfigurationDifference, _ environment: ServiceEnvironment,
        replacing old: LiveService? = nil
    ) throws -> Preparation {
        let sources = try checked.sources()
        let outputs = try OutputPreparation(
            checked.configuration, listener: environment.sockets.descriptor(named: socketName), parts: difference.parts,
            replacing: old?.outputs)
        return Preparation(checked: checked, difference: difference, sources: sources, outputs: outputs)
    }

    /// Opens the outputs, and gets the sources ready: the first start.
    ///
    /// - Throws: what ``prepare(_:_:_:replacing:)`` and ``Publication/publish()`` throw.
    convenience init(_ checked: CheckedConfiguration, _ environment: ServiceEnvironment) throws {
        var difference = ConfigurationDifference(from: checked.configuration, to: checked.configuration)
        difference.parts = Set(ConfigurationDifference.Part.allCases)
        let preparation = try Self.prepare(checked, difference, environment)
        try Publication(socket: preparation.outputs.socket, metrics: nil).publish()
        self.init(preparation, environment)
    }

    /// Runs what has been prepared and published.
    ///
    /// - Parameter old: what ran until now. It has ended, and is not closed: readers of its socket stay.
    init(_ preparation: Preparation, after old: LiveService? = nil, _ environment: ServiceEnvironment) {
        checked = preparation.checked
        let configuration = checked.configuration
        outputs = ServiceOutputs(preparation.outputs, after: old?.outputs)
        warnings = preparation.outputs.warnings + [outputs.states.warning].compactMap { $0 }
        sinks = LiveSinks(events: outputs.events, samples: outputs.samples, states: outputs.states)
        analysis = LiveAnalysis(
            plan: checked.model.plan, sources: preparation.sources,
            settings: LiveSettings(
                workers: configuration.workers ?? environment.coreCount, labels: checked.model.labels,
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
    func target(_ environment: ServiceEnvironment) -> ServiceMetrics.LabelTarget {
        let model = MetricsSnapshot.Model(
            name: checked.model.name, kernels: environment.instructionSet.rawValue, classes: checked.model.labels.count)
        return ServiceMetrics.LabelTarget(analysis: analysis, outputs: outputs, model: model)
    }

    // MARK: - Another configuration

    /// Parts that cannot change while the service goes on: all of it begins anew.
    static let fixed: Set<ConfigurationDifference.Part> = [.everything, .eventLog, .state]

    /// Does what a new configuration changes, and nothing else: other sources lose no frame. Cannot fail.
    ///
    /// - Precondition: the preparation is published, and is no new start.
    func adopt(_ preparation: Preparation) {
        precondition(!preparation.isNewStart, "this needs a new start")
        outputs.adopt(preparation.outputs)
        sinks.replace(events: outputs.events, samples: outputs.samples)
        let sources = Dictionary(uniqueKeysWithValues: preparation.sources.map { ($0.name, $0) })
        let difference = preparation.difference
        for name in difference.removed { analysis.remove(name) }
        for (name, change) in difference.changed {
            guard let source = sources[name] else { continue }
            if change == .detection, analysis.decide(name, by: source.settings.regions) { continue }
            // A camera can be opened when it has been closed.
            analysis.remove(name) { [analysis] in analysis.add(source) }
        }
        for name in difference.added { if let source = sources[name] { analysis.add(source) } }
        analysis.retryRefused(Array(sources.values))
        checked = preparation.checked
    }
}
