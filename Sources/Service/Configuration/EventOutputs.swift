/// Where events go. All times are in seconds, all sizes in bytes.
package struct EventOutputs: Equatable, Sendable {
    /// `nil` for no log.
    package var log: EventLog? = EventLog()
    /// `nil` for no socket.
    package var socket: EventSocket? = EventSocket()
    /// The file for the highest scores of every frame.
    package var samples: String?

    package init() {}

    /// The file with a line for each event.
    package struct EventLog: Equatable, Sendable {
        /// When lines are made to be on the disk, and not in the system's memory only.
        package enum Synchronization: String, CaseIterable, Sendable {
            /// When the system does it.
            case none
            /// Every ``EventLog/syncInterval``.
            case interval
            /// After each line.
            case each
        }

        package var path = "/var/log/lookout/events.jsonl"
        /// A new file is begun at this size.
        package var rotateSize: Int?
        /// A new file is begun at this age.
        package var rotateAge: Double?
        /// How many older files are kept.
        package var keep = 14
        /// Older files are removed at this age.
        package var maximumAge: Double?
        /// Older files are removed when less of the disk is free, the oldest first.
        package var freeSpace: Int?
        package var sync = Synchronization.none
        package var syncInterval = 5.0

        package init() {}
    }

    /// The socket from which programs read events.
    package struct EventSocket: Equatable, Sendable {
        package var path = "/run/lookout/events.sock"
        /// Its permissions.
        package var mode: UInt32 = 0o660
        /// The group to which it belongs; `nil` for the service's own.
        package var group: String?
        /// How many events are kept for readers that ask for earlier ones.
        package var backlog = 10_000
        /// How many events a reader may fall behind before it misses some.
        package var readerBuffer = 1024

        package init() {}
    }
}
