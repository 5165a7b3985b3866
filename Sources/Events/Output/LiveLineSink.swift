import Basics
import Dispatch

/// Writes the records of live sources to a file or a stream. No caller waits: if the consumer is too slow, a `gap`
/// record replaces the records that were dropped.
///
/// Records are written on a queue of this sink by a ``LineSink``, which gets one at a time.
package final class LiveLineSink: EventSink {
    private struct State {
        var buffer: LineBuffer
        var isWriting = false
        var counts = SinkCounts()
        /// Number of records that were taken from the buffer and are being written.
        var beingWritten = 0
        var progress = QueueProgress()
    }

    private let sink: LineSink
    private let queue: DispatchQueue
    private let state: Mutex<State>
    private let now: @Sendable () -> Timestamp
    private let monotonic: @Sendable () -> Double

    /// - Parameters:
    ///   - sink: nobody else may write to it.
    ///   - capacity: capacity of the buffer in records.
    ///   - now: wall clock in UTC.
    ///   - monotonic: monotonic clock, in seconds.
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

    package var progress: QueueProgress { state.withLock(\.progress) }

    package var counts: SinkCounts {
        state.withLock { state in
            var counts = state.counts
            counts.missed = state.buffer.lostCount
            return counts
        }
    }

    package var currentFailure: LineSink.Failure? { sink.currentFailure }

    package func flush(seconds: Double) {
        let done = DispatchGroup()
        queue.async(group: done) {}
        _ = done.wait(timeout: .now() + seconds)
    }

    /// Writes all records in the buffer, one after the other.
    private func write() {
        dispatchPrecondition(condition: .onQueue(queue))
        while let line = nextLine() {
            sink.write(line.text)
            let time = monotonic()
            state.withLock { state in
                state.beingWritten = 0
                state.counts.records += 1
                state.counts.bytes += line.text.count
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
