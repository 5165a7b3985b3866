import Capture
import Watch

/// What the service does: everything that `lookout.yaml` says, checked. What it does not say has the values
/// that a new one has. All times are in seconds, all sizes in bytes.
public struct Configuration: Equatable, Sendable {
    /// The network: a name, or a path.
    public var model = "efficientnet-lite0"
    /// How many pictures are worked on at the same time; `nil` for one a core.
    public var lanes: Int?
    /// Labels that count as one.
    public var groups = Groups.none
    public var log = ProgramLog()
    public var events = EventOutputs()
    /// The folder in which the sequence number and open events are kept.
    public var state = "/var/lib/lookout/state"
    public var metrics = Metrics()
    /// How sources are watched of which nothing else is said.
    public var defaults = SourceOptions()
    /// In the order of the file; also those that are switched off.
    public var sources: [SourceConfiguration] = []

    public init() {}

    /// Labels that count as one.
    public enum Groups: Equatable, Sendable {
        case none
        /// A JSON file like Config/groups.json.
        case file(path: String)
        /// Labels by the name of their group.
        case listed([String: [String]])
    }

    /// What the program says of itself.
    public struct ProgramLog: Equatable, Sendable {
        public enum Level: String, CaseIterable, Sendable {
            case error, warning, notice, info, debug
        }

        /// What matters less is not said.
        public var level = Level.info
        /// How often an error that goes on is mentioned.
        public var repetition = 60.0

        public init() {}
    }

    /// Where numbers about the service can be read.
    public struct Metrics: Equatable, Sendable {
        /// Where HTTP is answered.
        public enum Endpoint: Equatable, Hashable, Sendable {
            /// Of this machine only: `127.0.0.1`, `::1` or `localhost`.
            case loopback(host: String, port: Int)
            case unixSocket(path: String)
        }

        public var listen: Endpoint?
        /// A file for node_exporter.
        public var textfile: String?
        /// How often that is written.
        public var interval = 15.0

        public init() {}
    }
}
