extension EventSocket {
    /// How a socket is offered.
    public struct Settings: Sendable {
        /// Where it is. At most 107 bytes.
        public var path: String
        /// Who may connect: the mode of the socket's file.
        public var mode: UInt32
        /// The group of the socket's file; the program's own if nil.
        public var group: String?
        /// How many of the last lines are kept for readers that ask for them.
        public var backlog: Int
        /// How many lines a reader may be behind before it misses some; not counted are those that the system
        /// keeps for it.
        public var readerBuffer: Int
        /// How many readers there may be.
        public var readers: Int
        /// Seconds for which a reader may take nothing of what waits for it, and bytes that it may miss
        /// meanwhile, before it is cut off.
        public var patience: Double
        public var patienceBytes: Int

        public init(
            path: String, mode: UInt32 = 0o660, group: String? = nil, backlog: Int = 10_000,
            readerBuffer: Int = 1024, readers: Int = 1000, patience: Double = 30, patienceBytes: Int = 16 << 20
        ) {
            self.path = path
            self.mode = mode
            self.group = group
            self.backlog = backlog
            self.readerBuffer = readerBuffer
            self.readers = readers
            self.patience = patience
            self.patienceBytes = patienceBytes
        }
    }

    /// How a socket is doing: counts since it was opened.
    public struct Statistics: Sendable {
        /// Readers that are connected now, and all that ever were.
        public var readers = 0
        public var accepted = 0
        /// Readers that took nothing for too long.
        public var cutOff = 0
        /// Readers that were one too many, or asked for what there is not.
        public var refused = 0
        /// Bytes that readers were sent.
        public var bytes = 0
        /// Lines that readers missed, added up over all of them.
        public var missed = 0
    }

    /// Why there is no socket.
    public struct Failure: Error, Equatable, CustomStringConvertible {
        public let description: String
    }
}
