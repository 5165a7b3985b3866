import Basics
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
    private let snapshots: SnapshotWriter

    /// Configuration that is ready to run. Dropping the value has no effect on what runs.
    struct Preparation {
        let checked: CheckedConfiguration
        let difference: ConfigurationDifference
        let sources: [LiveSource]
        let outputs: OutputPreparation
        /// Problem of the folder of images that does not keep the service from starting.
        let snapshotWarning: String?

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
        let isNew = old == nil || difference.parts.contains(.snapshots)
        let problem = isNew ? checked.configuration.snapshots.flatMap(prepareSnapshots) : nil
        // A reload can still be refused. At the start, a camera without images is better than none.
        if old != nil, let problem { throw problem }
        return Preparation(
            checked: checked, difference: difference, sources: sources, outputs: outputs,
            snapshotWarning: problem.map { "\($0)" })
    }

    /// Seconds that preparing the folder of images may take.
    private static let longestPreparation = 3.0

    /// Creates the folder of images.
    ///
    /// - Returns: what is wrong with it; `nil` if it can be used.
    private static func prepareSnapshots(_ settings: SnapshotSettings) -> FileError? {
        let outcome = withDeadline(longestPreparation) { () -> Result<Void, FileError> in
            do throws(FileError) { return .success(try SnapshotWriter.prepare(settings)) } catch {
                return .failure(error)
            }
        }
        switch outcome {
        case .success: return nil
        case .failure(let error): return error
        case nil: return FileError(path: settings.folder, kind: .unwritable, reason: "it does not answer")
        }
    }

    /// Opens the outputs and prepares the sources at the first start.
    ///
    /// - Parameter complain: called with each error of an image, from any thread.
    /// - Throws: what ``prepare(_:_:_:replacing:)`` and ``Publication/publish()`` throw.
    convenience init(
        _ checked: CheckedConfiguration, _ environment: ServiceEnvironment,
        complain: @escaping @Sendable (String) -> Void
    ) throws {
        let difference = ConfigurationDifference(from: checked.configuration, to: checked.configuration)
        let preparation = try Self.prepare(checked, difference, environment)
        try Publication(parts: preparation.outputs.publications).publish()
        let snapshots = SnapshotWriter(checked.configuration.snapshots, waits: false, complain: complain)
        self.init(preparation, snapshots: snapshots, environment)
    }

    /// Uses a configuration that was prepared and published.
    ///
    /// - Parameter old: the service until now. It has ended, and is not closed: readers of its socket stay connected.
    convenience init(_ preparation: Preparation, after old: LiveService, _ environment: ServiceEnvironment) {
        old.snapshots.replace(preparation.checked.configuration.snapshots)
        self.init(preparation, after: old, snapshots: old.snapshots, environment)
    }

    private init(
        _ preparation: Preparation, after old: LiveService? = nil, snapshots: SnapshotWriter,
        _ environment: ServiceEnvironment
    ) {
        self.snapshots = snapshots
        checked = preparation.checked
        let configuration = checked.configuration
        outputs = ServiceOutputs(preparation.outputs, after: old?.outputs)
        warnings =
            preparation.outputs.warnings + [outputs.states.warning, preparation.snapshotWarning].compactMap { $0 }
        sinks = LiveSinks(
            events: outputs.sinks(of: .records), samples: outputs.sinks(of: .samples), states: outputs.states)
        analysis = LiveAnalysis(
            plans: checked.model.plans, sources: preparation.sources,
            settings: LiveSettings(
                workers: configuration.workers ?? environment.coreCount, labels: checked.model.labels,
                model: checked.model.first.name, endsWithSources: false),
            sinks: sinks, frames: FrameOutputs(snapshots: snapshots))
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
    func close() {
        snapshots.flush(seconds: Self.longestFlush)
        outputs.close()
    }

    /// Seconds that the last images may take.
    private static let longestFlush = 1.0

    /// Returns what the metrics measure.
    func target(_ environment: ServiceEnvironment) -> ServiceMetrics.Target {
        let model = MetricsSnapshot.Model(
            name: checked.model.first.name, kernels: environment.instructionSet.rawValue,
            classes: checked.model.first.labels.count)
        return ServiceMetrics.Target(analysis: analysis, outputs: outputs, snapshots: snapshots, model: model)
    }

    // MARK: - Reload

    /// Applies the changes of a new configuration. Other sources lose no frame. Cannot fail.
    ///
    /// - Precondition: the preparation is published, and is not a new start.
    func adopt(_ preparation: Preparation) {
        precondition(!preparation.isNewStart, "the preparation needs a new start")
        outputs.adopt(preparation.outputs)
        replaceSinks()
        if preparation.difference.parts.contains(.snapshots) {
            snapshots.replace(preparation.checked.configuration.snapshots)
        }
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
