extension EventSocket {
    /// How a socket is offered.
    package struct Settings: Sendable {
        /// Where it is. At most 107 bytes.
        package var path: String
        /// Who may connect: the mode of the socket's file.
        package var mode: UInt32
        /// The group of the socket's file; the program's own if nil.
        package var group: String?
        /// How many of the last lines are kept for readers that ask for them.
        package var backlog: Int
        /// How many lines a reader may be behind before it misses some; not counted are those that the system
        /// keeps for it.
        package var readerBuffer: Int
        /// How many readers there may be.
        package var readers: Int
        /// Seconds for which a reader may take nothing of what waits for it, and bytes that it may miss
        /// meanwhile, before it is cut off.
        package var timeout: Double
        package var unreadLimit: Int

        package init(
            path: String, mode: UInt32 = 0o660, group: String? = nil, backlog: Int = 10_000,
            readerBuffer: Int = 1024, readers: Int = 1000, timeout: Double = 30, unreadLimit: Int = 16 << 20
        ) {
            self.path = path
            self.mode = mode
            self.group = group
            self.backlog = backlog
            self.readerBuffer = readerBuffer
            self.readers = readers
            self.timeout = timeout
            self.unreadLimit = unreadLimit
        }
    }

    /// How a socket is doing: counts since it was opened.
    package struct Statistics: Sendable {
        /// Readers that are connected now, and all that ever were.
        package var readers = 0
        package var accepted = 0
        /// Readers that took nothing for too long.
        package var cutOff = 0
        /// Readers that were one too many, or asked for what there is not.
        package var refused = 0
        /// Bytes that readers were sent.
        package var bytes = 0
        /// Lines that readers missed, added up over all of them.
        package var missed = 0
    }

    /// Why there is no socket.
    package struct Failure: Error, Equatable, CustomStringConvertible {
        package let description: String
    }
}
