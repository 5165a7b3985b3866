import Capture
import Events
import Watch

/// Configuration of the service: everything that `lookout.yaml` says, validated, with defaults for the rest. All times
/// are in seconds, all sizes in bytes.
package struct Configuration: Equatable, Sendable {
    /// Name or path of the model.
    package var model = "efficientnet-lite0"
    /// Classifier of the objects of a detector.
    package var classify = SecondStage()
    /// Number of inference workers; `nil` for one per core.
    package var workers: Int?
    package var groups = Groups.none
    package var log = ProgramLog()
    package var events = EventOutputs()
    /// Folder of the sequence number and the open events.
    package var state = "/var/lib/lookout/state"
    package var metrics = Metrics()
    /// Images of objects; `nil` for none.
    package var snapshots: SnapshotSettings?
    /// Settings of sources that do not set them themselves.
    package var defaults = SourceOptions()
    /// Sources in the order of the file, including disabled ones.
    package var sources: [SourceConfiguration] = []

    package init() {}

    /// Retention of images, if the configuration does not say otherwise: a month, and space for the rest of the machine.
    static let snapshotRetention = RetentionPolicy(keep: 10_000, maxAge: 30 * 86_400, freeSpace: 1_000_000_000)

    /// Label groups, each of which counts as one label.
    package enum Groups: Equatable, Sendable {
        case none
        /// A YAML file like Config/groups/imagenet.yaml.
        case file(path: String)
        /// Labels by the name of their group.
        case listed([String: [String]])
    }

    /// Settings of the service's own log.
    package struct ProgramLog: Equatable, Sendable {
        package enum Level: String, CaseIterable, Sendable {
            case error, warning, notice, info, debug
        }

        /// Messages below this level are not logged.
        package var level = Level.info
        /// Interval, in seconds, at which an error that persists is logged again.
        package var repetition = 60.0

        package init() {}
    }

    /// Settings of the metrics.
    package struct Metrics: Equatable, Sendable {
        /// Address at which HTTP requests are answered.
        package enum Endpoint: Equatable, Hashable, Sendable {
            /// A loopback address: `127.0.0.1`, `::1` or `localhost`.
            case loopback(host: String, port: Int)
            case unixSocket(path: String)

            /// Path of the Unix socket, if it is one.
            var path: String? { if case .unixSocket(let path) = self { path } else { nil } }
        }

        package var listen: Endpoint?
        /// File for node_exporter.
        package var textfile: String?
        /// Interval, in seconds, at which ``textfile`` is written.
        package var interval = 15.0

        package init() {}
    }
}

/// Outputs of events: the settings of each sink. All times are in seconds, all sizes in bytes.
package struct EventOutputs: Equatable, Sendable {
    /// `nil` for no log.
    package var log: EventLog.Settings? = EventLogFactory.initial
    /// `nil` for no socket.
    package var socket: EventSocket.Settings? = EventSocketFactory.initial
    /// File of the highest scores of every sample.
    package var samples: String?

    package init() {}
}
