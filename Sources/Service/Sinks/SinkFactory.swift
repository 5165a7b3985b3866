import Events

/// Maker of one kind of sink of the service.
///
/// To add a sink, write a type that conforms to `EventSink`, give ``EventOutputs`` a property for its settings, write
/// its factory, and add the factory to ``SinkFactories/all``. Nothing else of the service names single sinks.
protocol SinkFactory: Sendable {
    associatedtype Settings: Equatable & Sendable
    associatedtype Sink: EventSink

    /// Name of the sink in metrics and readiness. Unique.
    var name: String { get }

    /// Property for the settings; `nil` as its value means that the sink is off.
    var settings: WritableKeyPath<EventOutputs, Settings?> & Sendable { get }

    /// Lines that the sink gets. By default event records.
    var content: SinkContent { get }

    /// Whether everything restarts if the settings change. By default the sink is replaced while the analysis runs.
    var restartsService: Bool { get }

    /// Reads the settings.
    ///
    /// - Parameter section: the mapping `events` of the configuration.
    /// - Returns: `nil` if the sink is off.
    func read(_ section: Section) -> Settings?

    /// Returns the path that the sink creates, with its key; `nil` if there is none, which is the default. Two outputs
    /// cannot have the same path.
    func path(_ settings: Settings) -> (key: String, path: String)?

    /// Returns the path of the file that no other process may write to; `nil` if there is none, which is the default.
    func exclusivePath(_ settings: Settings) -> String?

    /// Checks the settings against this machine. Finds nothing by default.
    ///
    /// - Returns: errors with their keys.
    func problems(_ settings: Settings) -> [(key: String, text: String)]

    /// Opens a sink without any effect on the one in use. Blocks for a few seconds at most.
    ///
    /// - Parameter old: the sink to replace, if there is one.
    /// - Throws: an error whose description names the sink's path or address.
    func prepare(_ settings: Settings, _ context: SinkContext, replacing old: Sink?) throws -> PreparedSink

    /// Opens the files of the sink again, as after logrotate. Does nothing by default. Blocks for a few seconds at
    /// most.
    ///
    /// - Returns: the sink to use from now on: the same, or one that replaces it.
    /// - Throws: an error if a file cannot be opened. The sink then stays in use.
    func reopen(_ sink: Sink, _ settings: Settings) throws -> Sink
}

/// Factories of all sinks.
enum SinkFactories {
    /// The list of the service's sinks; see ``SinkFactory`` for how to add one. The configuration and its checks,
    /// reloads, records, metrics and readiness use this list, in its order: the log gets each record first.
    static let all: [any SinkFactory] = [EventLogFactory(), EventSocketFactory(), SampleFileFactory()]
}

/// Lines that a sink gets.
enum SinkContent: Sendable {
    /// Event records.
    case records
    /// The highest scores of every sample.
    case samples
}

/// Circumstances under which a sink is prepared.
struct SinkContext: Sendable {
    /// Sockets that the service manager has opened.
    var sockets: ListenedSockets
    /// Whether the service runs already. Then a file that cannot be written to is an error; at the start it may be
    /// tried again later.
    var isReload: Bool
}

/// Sink that is open and not yet in use. Dropping the value has no effect on the sink in use.
struct PreparedSink: Sendable {
    /// Name under which others connect to the sink; `nil` if nobody does, or if the name does not change.
    var publication: (any Publishable)?

    /// Uses the sink after its name was published, and ends the one that it replaces. Cannot fail.
    ///
    /// The log and the state answer requests for earlier records. They are `nil` for a sink of a factory that
    /// ``SinkFactory/restartsService``, because the state is read after it was made; `EventSink.follow(log:states:)`
    /// gives them to it.
    let adopt: @Sendable (_ log: EventLog?, _ states: EventStates?) -> any EventSink
}

// MARK: - Defaults

extension SinkFactory {
    var content: SinkContent { .records }
    var restartsService: Bool { false }
    func path(_ settings: Settings) -> (key: String, path: String)? { nil }
    func exclusivePath(_ settings: Settings) -> String? { nil }
    func problems(_ settings: Settings) -> [(key: String, text: String)] { [] }
    func reopen(_ sink: Sink, _ settings: Settings) throws -> Sink { sink }
}

// MARK: - The same for any factory

extension SinkFactory {
    func read(_ section: Section, into outputs: inout EventOutputs) { outputs[keyPath: settings] = read(section) }

    func differs(_ old: EventOutputs, _ new: EventOutputs) -> Bool {
        old[keyPath: settings] != new[keyPath: settings]
    }

    func path(in outputs: EventOutputs) -> (key: String, path: String)? { outputs[keyPath: settings].flatMap(path) }

    func exclusivePath(in outputs: EventOutputs) -> String? { outputs[keyPath: settings].flatMap(exclusivePath) }

    func problems(in outputs: EventOutputs) -> [(key: String, text: String)] {
        outputs[keyPath: settings].map(problems) ?? []
    }

    /// - Returns: `nil` if the sink is off.
    func prepare(
        _ outputs: EventOutputs, _ context: SinkContext, replacing old: (any EventSink)?
    ) throws -> PreparedSink? {
        try outputs[keyPath: settings].map { try prepare($0, context, replacing: old as? Sink) }
    }

    func reopen(_ sink: any EventSink, _ outputs: EventOutputs) throws -> any EventSink {
        guard let own = sink as? Sink, let settings = outputs[keyPath: settings] else { return sink }
        return try reopen(own, settings)
    }
}

extension EventOutputs {
    /// Paths that the sinks create, with their keys.
    var paths: [(key: String, path: String)] { SinkFactories.all.compactMap { $0.path(in: self) } }
}
