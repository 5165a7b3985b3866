import Basics
import Dispatch

/// Writes the lines of live sources to a file or a stream. Nobody ever waits for it: a reader that is too slow
/// gets a line that says how many it missed.
///
/// Lines are written on a queue of their own by a ``LineSink``, which is given no more than it can take.
package final class LiveLineSink: EventSink {
    private struct State {
        var buffer: LineBuffer
        var isWriting = false
        var statistics = Statistics()
        /// Lines that have been beingWritten and are being written.
        var beingWritten = 0
        var progress = QueueProgress()
    }

    /// Counts since it was made.
    package struct Statistics: Equatable, Sendable {
        /// Lines that were written, and their bytes.
        package var lines = 0
        package var bytes = 0
        /// Lines that gave way because nobody took them.
        package var missed = 0
    }

    private let sink: LineSink
    private let queue: DispatchQueue
    private let state: Mutex<State>
    private let now: @Sendable () -> Timestamp
    private let monotonic: @Sendable () -> Double

    /// - Parameters:
    ///   - sink: is written to by nobody else.
    ///   - capacity: how many lines may wait.
    ///   - now: the calendar.
    ///   - steady: the monotonic clock, in seconds.
    package init(
        _ sink: LineSink, capacity: Int = 4096, now: @escaping @Sendable () -> Timestamp,
        monotonic: @escaping @Sendable () -> Double = EventClock.system.monotonic
    ) {
        self.sink = sink
        self.monotonic = monotonic
        self.now = now
        queue = DispatchQueue(label: "live sink")
        state = Mutex(State(buffer: LineBuffer(capacity: capacity)))
    }

    package func add(_ line: EventLine) {
        let time = monotonic()
        let begins = state.withLock { state in
            state.buffer.append(line)
            state.progress.wait(state.buffer.waiting + state.beingWritten, at: time)
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if begins { queue.async { [self] in write() } }
    }

    /// Adds a line that is no event. Returns at once.
    ///
    /// - Parameter sequence: its number.
    package func add(_ line: JSONLine, sequence: Int) {
        add(EventLine(sequence: sequence, text: line.line, topic: EventTopic(type: "sample")))
    }

    package var progress: QueueProgress { state.withLock(\.progress) }

    package var statistics: Statistics {
        state.withLock { state in
            var statistics = state.statistics
            statistics.missed = state.buffer.lostCount
            return statistics
        }
    }

    package var currentFailure: LineSink.Failure? { sink.currentFailure }

    package func flush(seconds: Double) {
        let done = DispatchGroup()
        queue.async(group: done) {}
        _ = done.wait(timeout: .now() + seconds)
    }

    /// One line after the other, each when the one before it is written.
    private func write() {
        dispatchPrecondition(condition: .onQueue(queue))
        while let line = nextLine() {
            sink.write(line.text)
            let time = monotonic()
            state.withLock { state in
                state.beingWritten = 0
                state.statistics.lines += 1
                state.statistics.bytes += line.text.count
                state.progress.finish(state.buffer.waiting, at: time)
            }
        }
    }

    private func nextLine() -> EventLine? {
        let time = now()
        return state.withLock { state in
            let line = state.buffer.next(at: time)
            if line == nil { state.isWriting = false } else { state.beingWritten = 1 }
            return line
        }
    }
}
