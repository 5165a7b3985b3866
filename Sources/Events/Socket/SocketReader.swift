/// One reader of the socket: what it wants, where it is, and what it has yet to be sent.
///
/// It belongs to the queue of its ``EventSocket``.
final class SocketReader {
    /// What it is given.
    enum Phase: Equatable {
        /// Nothing yet: it may still say what it wants.
        case waiting
        /// Lines from the log, until they meet the backlog.
        case history
        /// Lines from the backlog.
        case live
        /// Nothing more.
        case leaving
    }

    let number: Int
    let connection: Connection
    var phase = Phase.waiting
    var request = RequestBuffer()
    /// When the first byte of its request came, or it said that it would read no more; by the monotonic clock.
    var requestBegan: Double?
    var filter = EventFilter()
    /// Where it is in the backlog.
    var position: Int
    /// It has lastSeenSequence all lines up to this number, or does not want to.
    var lastSeenSequence = 0
    /// Where it is in the log.
    var cursor: HistoryCursor?
    /// The position in the backlog at which it leaves.
    var endPosition: Int?
    /// Whether the other side says no more.
    var inputClosed = false

    /// Bytes that go out next, the first of them at `sent`.
    private var outgoing: [UInt8] = []
    private var sent = 0
    /// Lines that it misses: they stand between what goes out and what is at its position.
    private var missed = 0
    private var lastMissed = 0
    /// Bytes that it missed since it last took something.
    private var missedBytes = 0
    /// When it last took something, or began to have nothing to take.
    private var lastProgress: Double

    init(number: Int, connection: Connection, position: Int, now: Double) {
        self.number = number
        self.connection = connection
        self.position = position
        lastProgress = now
    }

    /// Whether there is something that it has not taken.
    var hasUnsentBytes: Bool { sent < outgoing.count }

    /// Whether it is given the lines of the backlog, or will be.
    var isFollowing: Bool { phase == .waiting || phase == .live }

    /// How many bytes wait to go out.
    var unsentByteCount: Int { outgoing.count - sent }

    func append(_ text: some Collection<UInt8>) {
        if sent == outgoing.count {
            outgoing.removeAll(keepingCapacity: outgoing.capacity <= 65536)
            sent = 0
        }
        outgoing += text
    }

    /// Leaves out the line at its position, which it was too slow for.
    ///
    /// - Returns: how many lines it misses by that: none if it would not have been sent it.
    func skip(_ line: EventLine) -> Int {
        position += 1
        guard wants(line) else { return 0 }
        let count = max(1, line.missed)
        missed += count
        lastMissed = line.sequence
        missedBytes += line.text.count
        return count
    }

    /// It asks for lines that it may have missed.
    func forgetMissed() { missed = 0 }

    func wants(_ line: EventLine) -> Bool { line.sequence > lastSeenSequence && filter.passes(line.topic) }

    /// Says what it misses, if it misses something.
    func appendGap(at time: Timestamp) {
        guard missed > 0 else { return }
        append(EventLine.gap(missed: missed, sequence: lastMissed, time: time).text)
        missed = 0
    }

    /// Sends what is there to be sent.
    ///
    /// - Returns: how many bytes it took, and whether it can take more.
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

    /// Notes that it has taken all there was.
    func noteUpToDate(at now: Double) { lastProgress = now }

    /// Whether it has taken nothing for too long.
    func isStuck(at now: Double, seconds: Double, bytes: Int) -> Bool {
        hasUnsentBytes && (now - lastProgress > seconds || missedBytes > bytes)
    }
}

/// Lines from the log for one reader, read on a queue of their own. Handed from queue to queue, never shared.
final class HistoryCursor: @unchecked Sendable {
    let reader: HistoryReader
    /// How often it was looked again for what should be in the log.
    var attempts = 0
    /// Whether somebody is reading.
    var isBusy = false

    init(_ reader: HistoryReader) { self.reader = reader }
}
