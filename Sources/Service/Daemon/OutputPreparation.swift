import Basics
import Events

/// Outputs of a new configuration, open and not yet in use. Dropping the value has no effect on the outputs in use.
struct OutputPreparation {
    /// Sink to replace or to end.
    struct Change {
        let factory: any SinkFactory
        /// `nil` if the sink is off.
        let sink: PreparedSink?
    }

    let configuration: Configuration
    let factories: [any SinkFactory]
    /// Changes in the order of the factories. Other sinks stay.
    let changes: [Change]
    /// Whether the state is read again. Then everything restarts.
    let renewsState: Bool
    let locks: [OwnerLock]
    /// Problems that do not keep the service from starting.
    let warnings: [String]

    /// Seconds that taking a lock may take.
    private static let longestLocking = 3.0

    /// - Parameters:
    ///   - sockets: sockets that the service manager has opened.
    ///   - parts: the parts of the configuration that have changed. At the start all outputs are made.
    ///   - old: the outputs in use; `nil` at the start.
    ///   - factories: the factories of all sinks.
    /// - Throws: ``OwnerLock/Failure``, and the errors of the factories.
    init(
        _ configuration: Configuration, sockets: ListenedSockets, parts: Set<ConfigurationDifference.Part>,
        replacing old: ServiceOutputs? = nil, factories: [any SinkFactory] = SinkFactories.all
    ) throws {
        self.configuration = configuration
        self.factories = factories
        (locks, warnings) = try Self.locks(configuration, factories, old)
        let context = SinkContext(sockets: sockets, isReload: old != nil)
        let changed = factories.filter { old == nil || parts.contains(.sink($0.name)) }
        changes = try changed.map { factory in
            let current = old?.sinks[factory.name]
            return Change(
                factory: factory, sink: try factory.prepare(configuration.events, context, replacing: current))
        }
        renewsState = old == nil || parts.contains(.state) || changed.contains { $0.restartsService }
    }

    /// Names that others connect to, and that change.
    var publications: [any Publishable] { changes.compactMap { $0.sink?.publication } }

    /// Takes the locks of the state folder and of the files of the sinks. Locks that are held already are kept.
    private static func locks(
        _ configuration: Configuration, _ factories: [any SinkFactory], _ old: ServiceOutputs?
    ) throws -> ([OwnerLock], [String]) {
        let held = old?.locks ?? []
        var locks: [OwnerLock] = []
        var warnings: [String] = []
        func take(_ path: String, _ lock: @escaping @Sendable () throws(OwnerLock.Failure) -> OwnerLock) throws {
            if let known = held.first(where: { $0.stands(at: path) }) { return locks.append(known) }
            let taken = withDeadline(longestLocking) { () -> Result<OwnerLock, OwnerLock.Failure> in
                do throws(OwnerLock.Failure) { return .success(try lock()) } catch { return .failure(error) }
            }
            switch taken {
            case .success(let lock): locks.append(lock)
            case .failure(let failure) where failure.isTaken || old != nil: throw failure
            // The file cannot be written to either, and is tried again.
            case .failure(let failure): warnings.append("\(failure)")
            case nil: warnings.append("\(path): cannot be locked: timed out")
            }
        }
        let state = configuration.state
        try take(OwnerLock.lockPath(folder: state)) { () throws(OwnerLock.Failure) in try .folder(state) }
        for path in factories.compactMap({ $0.exclusivePath(in: configuration.events) }) {
            try take(OwnerLock.lockPath(file: path)) { () throws(OwnerLock.Failure) in try .file(path) }
        }
        return (locks, warnings)
    }
}
