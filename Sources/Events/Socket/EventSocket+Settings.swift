extension EventSocket {
    /// Settings of a socket.
    package struct Settings: Equatable, Sendable {
        /// Path of the socket; at most 107 bytes.
        package var path: String
        /// Mode of the socket's file. It determines which users may connect.
        package var mode: UInt32
        /// Group of the socket's file; nil for the group of the process.
        package var group: String?
        /// Number of records that are kept for readers that request earlier ones.
        package var backlog: Int
        /// Number of records by which a reader may lag before records are dropped for it. Records in the send buffer
        /// of the system do not count.
        package var readerBuffer: Int
        /// Maximum number of readers.
        package var readers: Int
        /// Seconds after which a reader is disconnected if it reads nothing of what is sent to it.
        package var timeout: Double
        /// Size in bytes of the records that may be dropped for a reader before it is disconnected, since it last read
        /// something.
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

    /// Counts of a socket since it was opened.
    package struct Statistics: Sendable {
        /// Readers that are connected now.
        package var readers = 0
        /// Readers since the socket was opened.
        package var accepted = 0
        /// Readers that were disconnected because they read nothing.
        package var cutOff = 0
        /// Readers that were refused because there are too many, or because of an invalid request.
        package var refused = 0
        /// Bytes sent to readers.
        package var bytes = 0
        /// Records dropped for readers, summed over all readers.
        package var missed = 0
    }

    /// Failure to open a socket or to connect to it.
    package struct Failure: Error, Equatable, CustomStringConvertible {
        package let description: String
    }
}
