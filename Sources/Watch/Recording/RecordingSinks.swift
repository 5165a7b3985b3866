import Basics
import Events

/// Where the lines of recordings go, and how many events there have been.
package final class RecordingSinks: Sendable {
    /// How events are written. Each gives a line, or nil if there is nothing to write.
    package struct Format: Sendable {
        /// Of an event: also given its number, and the time stamp with which the recording begins, in seconds.
        package var event: @Sendable (Event, Int, Double) -> [UInt8]?
        /// Of what a recording's time stamps do: also given its number.
        package var source: @Sendable (SourceEvent, Int) -> [UInt8]?

        package init(
            event: @escaping @Sendable (Event, Int, Double) -> [UInt8]?,
            source: @escaping @Sendable (SourceEvent, Int) -> [UInt8]?
        ) {
            self.event = event
            self.source = source
        }

        /// For programs.
        package static let json = Format(
            event: { event, number, _ in event.line(sequence: number).line },
            source: { event, number in event.line(sequence: number).line })
    }

    private let events: LineSink
    private let samples: LineSink?
    private let format: Format
    private let sequence = Mutex(0)

    /// - Parameters:
    ///   - events: takes the events.
    ///   - samples: takes the highest scores of every sample.
    ///   - format: how events are written.
    package init(events: LineSink, samples: LineSink?, format: Format = .json) {
        self.events = events
        self.samples = samples
        self.format = format
    }

    /// Whether anybody wants to see samples.
    var wantsSamples: Bool { samples != nil }

    /// - Parameter start: the time stamp with which the recording begins, in seconds.
    func add(_ event: Event, start: Double) { add(format.event(event, nextNumber(), start)) }

    func add(_ event: SourceEvent) { add(format.source(event, nextNumber())) }

    private func add(_ line: [UInt8]?) {
        if let line { events.add(line) }
    }

    private func nextNumber() -> Int {
        sequence.withLock { sequence in
            sequence += 1
            return sequence
        }
    }

    func add(_ sample: SampleLine) { samples?.add(sample.line) }

    /// Why lines can no longer be written, if they cannot.
    package var failure: LineSink.Failure? { events.currentFailure ?? samples?.currentFailure }

    /// Waits until everything is written.
    ///
    /// - Throws: ``LineSink/Failure``.
    package func flush() throws {
        try events.flush()
        try samples?.flush()
    }
}
