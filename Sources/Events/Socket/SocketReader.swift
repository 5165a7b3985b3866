/// A reader of the socket: its request, its position, and the bytes to send.
///
/// Not thread-safe: it belongs to the queue of its ``EventSocket``.
final class SocketReader {
    /// Source of the records that the reader gets.
    enum Phase: Equatable {
        /// None yet: the request may still come.
        case waiting
        /// The log, until it reaches the backlog.
        case history
        /// The backlog.
        case live
        /// None any more: the connection is about to be closed.
        case leaving
    }

    /// Number by which the server finds the reader.
    let number: Int
    /// Connection to the reader.
    let connection: Connection
    /// Source of the records that the reader gets.
    var phase = Phase.waiting
    /// Input of the reader.
    var request = RequestBuffer()
    /// Time of the first byte of the request, by the monotonic clock; nil before.
    var requestBegan: Double?
    /// Selects records.
    var filter = EventFilter()
    /// Position in the backlog of the next record.
    var position: Int
    /// Sequence number up to which the reader has all records, or does not want them.
    var lastSeenSequence = 0
    /// Position in the log; nil if the reader gets no records of the log.
    var cursor: HistoryCursor?
    /// Position in the backlog at which the connection is closed; nil if it stays open.
    var endPosition: Int?
    /// Whether the reader has closed its writing end.
    var inputClosed = false

    /// Bytes to send, the next one at `sent`.
    private var outgoing: [UInt8] = []
    private var sent = 0
    /// Number of records dropped for this reader between `outgoing` and `position`.
    private var missed = 0
    private var lastMissed = 0
    /// Size in bytes of the records dropped since the reader last read something.
    private var missedBytes = 0
    /// Time at which the reader last read something or had read everything, by the monotonic clock.
    private var lastProgress: Double

    init(number: Int, connection: Connection, position: Int, now: Double) {
        self.number = number
        self.connection = connection
        self.position = position
        lastProgress = now
    }

    /// Whether there are bytes to send.
    var hasUnsentBytes: Bool { sent < outgoing.count }

    /// Whether the reader gets records of the backlog, now or after its request.
    var isFollowing: Bool { phase == .waiting || phase == .live }

    /// Number of bytes to send.
    var unsentByteCount: Int { outgoing.count - sent }

    /// Appends bytes to send.
    func append(_ text: some Collection<UInt8>) {
        if sent == outgoing.count {
            outgoing.removeAll(keepingCapacity: outgoing.capacity <= 65536)
            sent = 0
        }
        outgoing += text
    }

    /// Drops the record at the reader's position, because the reader is too slow.
    ///
    /// - Returns: the number of dropped records; 0 if the record does not pass the reader's filter.
    func skip(_ line: EventLine) -> Int {
        position += 1
        guard wants(line) else { return 0 }
        let count = max(1, line.missed)
        missed += count
        lastMissed = line.sequence
        missedBytes += line.text.count
        return count
    }

    /// Forgets the dropped records, because the reader requests them again.
    func forgetMissed() { missed = 0 }

    /// Whether a record is new to the reader and passes its filter.
    func wants(_ line: EventLine) -> Bool { line.sequence > lastSeenSequence && filter.passes(line.topic) }

    /// Appends a `gap` record if records were dropped.
    func appendGap(at time: Timestamp) {
        guard missed > 0 else { return }
        append(EventLine.gap(missed: missed, sequence: lastMissed, time: time).text)
        missed = 0
    }

    /// Sends as many bytes as the socket accepts.
    ///
    /// - Returns: the number of bytes sent, and whether the socket accepts more.
    func send(at now: Double) -> (bytes: Int, outcome: Connection.Outcome) {
        var total = 0
        while hasUnsentBytes {
            let outcome = connection.write(outgoing[sent...])
            guard case .bytes(let count) = outcome else { return (total, outcome) }
            sent += count
            total += count
            lastProgress = now
            missedBytes = 0
        }
        return (total, .bytes(total))
    }

    /// Notes that the reader has read everything.
    func noteUpToDate(at now: Double) { lastProgress = now }

    /// Whether the reader has read nothing for more than so many seconds, or records of more than so many bytes were
    /// dropped for it.
    func isStuck(at now: Double, seconds: Double, bytes: Int) -> Bool {
        hasUnsentBytes && (now - lastProgress > seconds || missedBytes > bytes)
    }
}

/// Reads the log for one reader, on another queue. It is passed from queue to queue and never shared.
final class HistoryCursor: @unchecked Sendable {
    /// Reader of the log and its rotated files.
    let reader: HistoryReader
    /// Number of times the log was read again for records that it should have.
    var attempts = 0
    /// Whether a batch is being read.
    var isBusy = false

    init(_ reader: HistoryReader) { self.reader = reader }
}
