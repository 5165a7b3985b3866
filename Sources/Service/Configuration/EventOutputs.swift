/// Where events go. All times are in seconds, all sizes in bytes.
public struct EventOutputs: Equatable, Sendable {
    /// `nil` for no log.
    public var log: EventLog? = EventLog()
    /// `nil` for no socket.
    public var socket: EventSocket? = EventSocket()
    /// The file for the highest scores of every picture.
    public var samples: String?

    public init() {}

    /// The file with a line for each event.
    public struct EventLog: Equatable, Sendable {
        /// When lines are made to be on the disk, and not in the system's memory only.
        public enum Synchronization: String, CaseIterable, Sendable {
            /// When the system does it.
            case none
            /// Every ``EventLog/syncInterval``.
            case interval
            /// After each line.
            case each
        }

        public var path = "/var/log/lookout/events.jsonl"
        /// A new file is begun at this size.
        public var rotateSize: Int?
        /// A new file is begun at this age.
        public var rotateAge: Double?
        /// How many older files are kept.
        public var keep = 14
        /// Older files are removed at this age.
        public var maximumAge: Double?
        /// Older files are removed when less of the disk is free, the oldest first.
        public var freeSpace: Int?
        public var sync = Synchronization.none
        public var syncInterval = 5.0

        public init() {}
    }

    /// The socket from which programs read events.
    public struct EventSocket: Equatable, Sendable {
        public var path = "/run/lookout/events.sock"
        /// Its permissions.
        public var mode: UInt32 = 0o660
        /// The group to which it belongs; `nil` for the service's own.
        public var group: String?
        /// How many events are kept for readers that ask for earlier ones.
        public var backlog = 10_000
        /// How many events a reader may fall behind before it misses some.
        public var readerBuffer = 1024

        public init() {}
    }
}
