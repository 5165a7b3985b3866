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
