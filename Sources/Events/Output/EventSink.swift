import Basics

/// Where the lines of live sources go: a file, standard output, a socket.
///
/// Nobody ever waits for a sink: what is too slow, or broken, loses lines, counts them and says so in a `gap`
/// line. Lines come in the order of their numbers, one after the other, from any thread.
package protocol EventSink: Sendable {
    /// Adds a line. Returns at once.
    func add(_ line: EventLine)

    /// Waits until everything is written, but not for long.
    ///
    /// - Parameter seconds: after so many, what is not written by then is given up.
    func flush(seconds: Double)

    /// Whether it gets on.
    var progress: QueueProgress { get }

    /// Why lines will never be written again, if that is so. A disk that is full for now is no such reason.
    var currentFailure: LineSink.Failure? { get }
}

extension EventSink {
    /// What tries again for ever does not fail.
    package var currentFailure: LineSink.Failure? { nil }
}

/// Lines that wait to be written: at most so many. When there is no room, the oldest gives way, and a line
/// that says how many are missing is written in the place of all that did.
struct LineBuffer {
    private var lines: [EventLine?]
    private var first = 0
    private var count = 0
    private var missed = 0
    /// The number of the newest line that is missing.
    private var lastMissed = 0
    /// What could not be written when it was taken.
    private var unwritten: EventLine?

    /// How many lines have been lostCount so far.
    private(set) var lostCount = 0

    init(capacity: Int) { lines = Array(repeating: nil, count: max(1, capacity)) }

    /// Whether there is nothing to write.
    var isEmpty: Bool { waiting == 0 }

    /// How many lines there are to write, with the one that says what is missing.
    var waiting: Int { count + (missed > 0 ? 1 : 0) + (unwritten == nil ? 0 : 1) }

    mutating func append(_ line: EventLine) {
        if count == lines.count, let oldest = removeFirst() {
            missed += 1
            lostCount += 1
            lastMissed = oldest.sequence
        }
        lines[(first + count) % lines.count] = line
        count += 1
    }

    /// Takes what is to be written next, if there is anything.
    ///
    /// - Parameter time: by the calendar; for the line that says what is missing.
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

    /// Takes back what could not be written. It comes first when it is tried again.
    mutating func putBack(_ line: EventLine) {
        if line.missed > 0 {
            // More may be missing by now: then it is one line all the same.
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
