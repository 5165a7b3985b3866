import Basics

/// Destination of the event records of live sources: a file, standard output, a socket.
///
/// No caller waits for a sink. A sink that is too slow or broken drops records, counts them, and writes a `gap`
/// record in their place. Records arrive in the order of their sequence numbers, one after the other, on any thread.
package protocol EventSink: Sendable {
    /// Adds a record. Returns at once.
    func add(_ line: EventLine)

    /// Waits until all records are written.
    ///
    /// - Parameter seconds: time-out. Records that are not written by then are given up.
    func flush(seconds: Double)

    /// Ends the sink, which is no longer used: disconnects its readers. Does nothing by default. Returns at once.
    func close()

    /// Replaces the log and the state from which the sink answers requests for earlier records. Does nothing by default.
    func follow(log: EventLog?, states: EventStates?)

    /// Progress of the queue, for metrics and readiness.
    var progress: QueueProgress { get }

    /// Counts since the sink was created, for metrics.
    var counts: SinkCounts { get }

    /// Reason why records may be lost at the moment, for readiness; nil if there is none. By default the description
    /// of ``currentFailure``.
    var problem: String? { get }

    /// Permanent failure of the sink; nil if there is none. A full disk is not permanent. By default nil: most sinks
    /// retry for ever.
    var currentFailure: LineSink.Failure? { get }
}

extension EventSink {
    package func close() {}
    package func follow(log: EventLog?, states: EventStates?) {}
    package var problem: String? { currentFailure.map { "\($0)" } }
    package var currentFailure: LineSink.Failure? { nil }

    /// Adds a line that is no event record, such as a sample. Returns at once.
    ///
    /// - Parameter sequence: number of the line, for the `gap` record if it is dropped.
    package func add(_ line: JSONLine, sequence: Int) {
        add(EventLine(sequence: sequence, text: line.line, topic: EventTopic(type: "sample")))
    }
}

/// Counts of a sink since it was created.
package struct SinkCounts: Equatable, Sendable {
    /// Records that were written.
    package var records = 0
    /// Bytes that were written.
    package var bytes = 0
    /// Failed attempts to write.
    package var errors = 0
    /// Records that were dropped because they could not be written, or not fast enough.
    package var missed = 0
    /// Connected readers; nil for a sink that has none.
    package var readers: Int?

    package init(records: Int = 0, bytes: Int = 0, errors: Int = 0, missed: Int = 0, readers: Int? = nil) {
        (self.records, self.bytes, self.errors, self.missed) = (records, bytes, errors, missed)
        self.readers = readers
    }
}

/// Bounded buffer of records to write. A full buffer drops the oldest record; a `gap` record stands for all dropped
/// ones.
struct LineBuffer {
    private var lines: [EventLine?]
    private var first = 0
    private var count = 0
    private var missed = 0
    /// Sequence number of the newest dropped record.
    private var lastMissed = 0
    /// Record that was taken and could not be written.
    private var unwritten: EventLine?

    /// Number of records dropped so far.
    private(set) var lostCount = 0

    /// - Parameter capacity: maximum number of records; at least 1.
    init(capacity: Int) { lines = Array(repeating: nil, count: max(1, capacity)) }

    /// Whether there is nothing to write.
    var isEmpty: Bool { waiting == 0 }

    /// Number of records to write, including the `gap` record.
    var waiting: Int { count + (missed > 0 ? 1 : 0) + (unwritten == nil ? 0 : 1) }

    /// Adds a record. Drops the oldest if the buffer is full.
    mutating func append(_ line: EventLine) {
        if count == lines.count, let oldest = removeFirst() {
            missed += 1
            lostCount += 1
            lastMissed = oldest.sequence
        }
        lines[(first + count) % lines.count] = line
        count += 1
    }

    /// Removes and returns the next record to write; nil if there is none.
    ///
    /// - Parameter time: wall-clock time in UTC for a `gap` record.
    mutating func next(at time: Timestamp) -> EventLine? {
        if let line = unwritten {
            unwritten = nil
            return line
        }
        if missed > 0 {
            defer { missed = 0 }
            return .gap(missed: missed, sequence: lastMissed, time: time)
        }
        return removeFirst()
    }

    /// Returns a record that could not be written to the buffer. It is the next one again.
    mutating func putBack(_ line: EventLine) {
        if line.missed > 0 {
            // Records dropped since then join the same gap.
            missed += line.missed
            lastMissed = max(lastMissed, line.sequence)
        } else {
            unwritten = line
        }
    }

    private mutating func removeFirst() -> EventLine? {
        guard count > 0 else { return nil }
        let line = lines[first]
        lines[first] = nil
        first = (first + 1) % lines.count
        count -= 1
        return line
    }
}
