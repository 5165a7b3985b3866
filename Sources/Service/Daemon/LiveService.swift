import Events
import MobileNet
import Watch

/// The running analysis and outputs of one configuration.
///
/// Not thread-safe: one thread at a time uses it.
final class LiveService {
    private(set) var checked: CheckedConfiguration
    private(set) var outputs: ServiceOutputs
    let analysis: LiveAnalysis
    /// Problems of the outputs that do not keep the service from starting.
    let warnings: [String]
    private let sinks: LiveSinks

    /// Configuration that is ready to run. Dropping the value has no effect on what runs.
    struct Preparation {
        let checked: CheckedConfiguration
        let difference: ConfigurationDifference
        let sources: [LiveSource]
        let outputs: OutputPreparation

        /// Whether everything restarts.
        var isNewStart: Bool { difference.parts.contains(.everything) || outputs.renewsState }
    }

    /// Opens new outputs, and prepares the sources.
    ///
    /// - Parameters:
    ///   - difference: the changes of the configuration.
    ///   - old: the service that runs.
    /// - Throws: the errors of ``OutputPreparation`` and ``CheckedConfiguration/sources()``.
    static func prepare(
        _ checked: CheckedConfiguration, _ difference: ConfigurationDifference, _ environment: ServiceEnvironment,
        replacing old: LiveService? = nil
    ) throws -> Preparation {
        let sources = try checked.sources()
        let outputs = try OutputPreparation(
            checked.configuration, sockets: environment.sockets, parts: difference.parts, replacing: old?.outputs)
        return Preparation(checked: checked, difference: difference, sources: sources, outputs: outputs)
    }

    /// Opens the outputs and prepares the sources at the first start.
    ///
    /// - Throws: what ``prepare(_:_:_:replacing:)`` and ``Publication/publish()`` throw.
    convenience init(_ checked: CheckedConfiguration, _ environment: ServiceEnvironment) throws {
        let difference = ConfigurationDifference(from: checked.configuration, to: checked.configuration)
        let preparation = try Self.prepare(checked, difference, environment)
        try Publication(parts: preparation.outputs.publications).publish()
        self.init(preparation, environment)
    }

    /// Uses a configuration that was prepared and published.
    ///
    /// - Parameter old: the service until now. It has ended, and is not closed: readers of its socket stay connected.
    init(_ preparation: Preparation, after old: LiveService? = nil, _ environment: ServiceEnvironment) {
        checked = preparation.checked
        let configuration = checked.configuration
        outputs = ServiceOutputs(preparation.outputs, after: old?.outputs)
        warnings = preparation.outputs.warnings + [outputs.states.warning].compactMap { $0 }
        sinks = LiveSinks(
            events: outputs.sinks(of: .records), samples: outputs.sinks(of: .samples), states: outputs.states)
        analysis = LiveAnalysis(
            plans: checked.model.plans, sources: preparation.sources,
            settings: LiveSettings(
                workers: configuration.workers ?? environment.coreCount, labels: checked.model.labels,
                model: checked.model.first.name, endsWithSources: false),
            sinks: sinks)
    }

    /// Starts the analysis.
    ///
    /// - Parameter whenOver: is called on its own queue after ``stop()``, when everything has been written.
    func start(whenOver: @escaping @Sendable () -> Void) { analysis.start(whenOver: whenOver) }

    /// Stops the analysis. Open events end with the reason `shutdown`.
    func stop() { analysis.stop() }

    /// Reopens the files, as after logrotate.
    ///
    /// - Throws: the error of the first that cannot be opened. Its lines then go to the old file.
    func reopen() throws {
        defer { replaceSinks() }
        try outputs.reopen(checked.configuration)
    }

    private func replaceSinks() {
        sinks.replace(events: outputs.sinks(of: .records), samples: outputs.sinks(of: .samples))
    }

    /// Statuses of the sources.
    var statuses: [(name: String, status: SourceStatus)] { analysis.statuses }

    /// Closes the sinks. To be called when everything has been written.
    func close() { outputs.close() }

    /// Returns what the metrics measure.
    func target(_ environment: ServiceEnvironment) -> ServiceMetrics.Target {
        let model = MetricsSnapshot.Model(
            name: checked.model.first.name, kernels: environment.instructionSet.rawValue,
            classes: checked.model.first.labels.count)
        return ServiceMetrics.Target(analysis: analysis, outputs: outputs, model: model)
    }

    // MARK: - Reload

    /// Applies the changes of a new configuration. Other sources lose no frame. Cannot fail.
    ///
    /// - Precondition: the preparation is published, and is not a new start.
    func adopt(_ preparation: Preparation) {
        precondition(!preparation.isNewStart, "the preparation needs a new start")
        outputs.adopt(preparation.outputs)
        replaceSinks()
        let sources = Dictionary(uniqueKeysWithValues: preparation.sources.map { ($0.name, $0) })
        let difference = preparation.difference
        for name in difference.removed { analysis.remove(name) }
        for (name, change) in difference.changed {
            guard let source = sources[name] else { continue }
            if change == .detection, analysis.decide(name, by: source.settings.regions) { continue }
            // A camera can be opened only after it was closed.
            analysis.remove(name) { [analysis] in analysis.add(source) }
        }
        for name in difference.added { if let source = sources[name] { analysis.add(source) } }
        analysis.retryRefused(Array(sources.values))
        checked = preparation.checked
    }
}
