import Capture
import Watch

/// What the service does: everything that `lookout.yaml` says, checked. What it does not say has the values
/// that a new one has. All times are in seconds, all sizes in bytes.
package struct Configuration: Equatable, Sendable {
    /// The network: a name, or a path.
    package var model = "efficientnet-lite0"
    /// How many frames are worked on at the same time; `nil` for one a core.
    package var workers: Int?
    /// Labels that count as one.
    package var groups = Groups.none
    package var log = ProgramLog()
    package var events = EventOutputs()
    /// The folder in which the sequence number and open events are kept.
    package var state = "/var/lib/lookout/state"
    package var metrics = Metrics()
    /// How sources are watched of which nothing else is said.
    package var defaults = SourceOptions()
    /// In the order of the file; also those that are switched off.
    package var sources: [SourceConfiguration] = []

    package init() {}

    /// Labels that count as one.
    package enum Groups: Equatable, Sendable {
        case none
        /// A JSON file like Config/groups.json.
        case file(path: String)
        /// Labels by the name of their group.
        case listed([String: [String]])
    }

    /// What the program says of itself.
    package struct ProgramLog: Equatable, Sendable {
        package enum Level: String, CaseIterable, Sendable {
            case error, warning, notice, info, debug
        }

        /// What matters less is not said.
        package var level = Level.info
        /// How often an error that goes on is mentioned.
        package var repetition = 60.0

        package init() {}
    }

    /// Where numbers about the service can be read.
    package struct Metrics: Equatable, Sendable {
        /// Where HTTP is answered.
        package enum Endpoint: Equatable, Hashable, Sendable {
            /// Of this machine only: `127.0.0.1`, `::1` or `localhost`.
            case loopback(host: String, port: Int)
            case unixSocket(path: String)
        }

        package var listen: Endpoint?
        /// A file for node_exporter.
        package var textfile: String?
        /// How often that is written.
        package var interval = 15.0

        package init() {}
    }
}
