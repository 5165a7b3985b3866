import Basics
import Dispatch

/// Where the lines of live sources go. Nobody ever waits for it: a reader that is too slow gets a line that
/// says how many it missed.
///
/// Lines are written on a queue of their own by a ``LineSink``, which is given no more than it can take.
public final class LiveLineSink: Sendable {
    private struct State {
        var buffer: LineBuffer
        var isWriting = false
    }

    private let sink: LineSink
    private let queue: DispatchQueue
    private let state: Guarded<State>
    private let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - sink: is written to by nobody else.
    ///   - capacity: how many lines may wait.
    ///   - now: the calendar.
    public init(_ sink: LineSink, capacity: Int = 4096, now: @escaping @Sendable () -> Timestamp) {
        self.sink = sink
        self.now = now
        queue = DispatchQueue(label: "live sink")
        state = Guarded(State(buffer: LineBuffer(capacity: capacity)))
    }

    /// Adds a line. Returns at once.
    ///
    /// - Parameter sequence: its number in the log.
    public func add(_ line: JSONLine, sequence: Int) {
        let begins = state.withLock { state in
            state.buffer.append(LineBuffer.Entry(sequence: sequence, line: line))
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if begins { queue.async { [self] in write() } }
    }

    /// Why lines can no longer be written, if they cannot.
    public var currentFailure: LineSink.Failure? { sink.currentFailure }

    /// Waits until everything is written, but not for long.
    ///
    /// - Parameter seconds: after so many, what is not written by then is given up.
    public func flush(seconds: Double) {
        let done = DispatchGroup()
        queue.async(group: done) {}
        _ = done.wait(timeout: .now() + seconds)
    }

    /// One line after the other, each when the one before it is written.
    private func write() {
        dispatchPrecondition(condition: .onQueue(queue))
        while let line = nextLine() { sink.write(line) }
    }

    private func nextLine() -> JSONLine? {
        let time = now()
        return state.withLock { state in
            let line = state.buffer.next(at: time)
            if line == nil { state.isWriting = false }
            return line
        }
    }
}
