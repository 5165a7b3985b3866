import Basics
import Capture
import Dispatch

/// Brings the samples of segments that are read at the same time into the order of the recording.
///
/// Its functions may be called from any thread.
final class SegmentOrder: Sendable {
    /// Sample of a segment, when the networks have inspected it.
    struct Result: Sendable {
        var inspection: Inspection
        var time: RecordingEventDetector.RecordingTime
        /// State of the reader of the segment after it.
        var reader: ReaderState
    }

    private struct Segment {
        /// Results that wait for those before them, by their index in the segment.
        var waiting: [Int: Result] = [:]
        /// Number of results that were passed on.
        var passedOn = 0
        /// Number of samples; `nil` until the segment was read.
        var count: Int?
        var corruption = Corruption()
        var failure: (any Error)?
    }

    private struct State {
        var segments: [Segment]
        /// Segment that is handed out next.
        var next = 0
        /// Segment whose results are passed on.
        var current = 0
        /// Number of segments that count: one that meets a jump of the time stamps is the last.
        var end: Int
        /// Corruption before the current segment.
        var corruption = Corruption()
    }

    private let plan: SegmentPlan
    private let state: Mutex<State>
    /// One for each segment that may be read before those before it are complete.
    private let places: DispatchSemaphore
    private let passOn: @Sendable (Result) -> Void
    /// Results that are being inspected.
    private let inFlight = DispatchGroup()

    /// - Parameter passOn: receives the results in order, one at a time. Must return soon.
    init(_ plan: SegmentPlan, readers: Int, passOn: @escaping @Sendable (Result) -> Void) {
        self.plan = plan
        self.passOn = passOn
        state = Mutex(State(segments: Array(repeating: Segment(), count: plan.count), end: plan.count))
        // It must not end with a lower value than it began with.
        places = DispatchSemaphore(value: 0)
        for _ in 0...readers { places.signal() }
    }

    // MARK: - Readers

    /// Returns the next segment to read; `nil` if there is none. Blocks while too many segments wait for one before them.
    func nextSegment() -> Int? {
        places.wait()
        let segment = state.withLock { state -> Int? in
            guard state.next < state.end else { return nil }
            defer { state.next += 1 }
            return state.next
        }
        if segment == nil { places.signal() }
        return segment
    }

    /// Announces a sample of a segment.
    func expect() { inFlight.enter() }

    /// Adds the result of an announced sample.
    ///
    /// - Parameter index: index of the sample in its segment, from 0.
    func add(_ result: Result, segment: Int, index: Int) {
        state.withLock { state in
            if segment < state.end {
                state.segments[segment].waiting[index] = result
                advance(&state)
            }
        }
        inFlight.leave()
    }

    /// Ends the recording with a segment, whose reader reads on to the end, because time stamps have jumped in it.
    func readsOn(_ segment: Int) { state.withLock { $0.end = min($0.end, segment + 1) } }

    /// Notes that a segment was read, or why not.
    func end(_ segment: Int, count: Int, _ corruption: Corruption, failure: (any Error)? = nil) {
        state.withLock { state in
            guard segment < state.end else { return }
            state.segments[segment].count = count
            state.segments[segment].corruption = corruption
            state.segments[segment].failure = failure
            // What comes after a failure does not count, and neither does anything behind the end of a truncated file.
            if failure != nil || corruption.truncatedAt != nil { state.end = segment + 1 }
            advance(&state)
        }
    }

    /// Waits for all results.
    ///
    /// - Returns: the corruption of the recording.
    /// - Throws: the first failure, in the order of the recording.
    func finish() throws -> Corruption {
        inFlight.wait()
        return try state.withLock { state in
            if let failure = state.segments.prefix(state.end).lazy.compactMap(\.failure).first { throw failure }
            return state.corruption
        }
    }

    // MARK: - Order

    /// Passes on all results whose turn it is.
    private func advance(_ state: inout State) {
        while state.current < state.end {
            let index = state.current
            while let result = state.segments[index].waiting.removeValue(forKey: state.segments[index].passedOn) {
                state.segments[index].passedOn += 1
                passOn(complete(result, segment: index, state))
            }
            guard state.segments[index].count == state.segments[index].passedOn else { return }
            state.corruption = corruption(state.segments[index].corruption, segment: index, state)
            state.current += 1
            places.signal()
        }
        // Readers that wait for a place find that there is nothing left.
        if state.current == state.end { places.signal() }
    }

    /// Adds the corruption of the segments before.
    private func complete(_ result: Result, segment: Int, _ state: State) -> Result {
        var result = result
        result.reader.corruption = corruption(result.reader.corruption, segment: segment, state)
        return result
    }

    private func corruption(_ own: Corruption, segment: Int, _ state: State) -> Corruption {
        segment == 0 && state.corruption.isEmpty
            ? own : state.corruption.continued(by: own, after: plan.starts[segment])
    }
}
