import Basics
import Events

/// Where the lines of recordings go, and how many events there have been.
public final class RecordingSinks: Sendable {
    private let events: LineSink
    private let samples: LineSink?
    private let sequence = Guarded(0)

    /// - Parameters:
    ///   - events: takes the events.
    ///   - samples: takes the highest scores of every sample.
    public init(events: LineSink, samples: LineSink?) {
        self.events = events
        self.samples = samples
    }

    /// Whether anybody wants to see samples.
    var wantsSamples: Bool { samples != nil }

    func add(_ event: Event) { events.add(event.line(sequence: nextNumber())) }

    func add(_ event: SourceEvent) { events.add(event.line(sequence: nextNumber())) }

    private func nextNumber() -> Int {
        sequence.withLock { sequence in
            sequence += 1
            return sequence
        }
    }

    func add(_ sample: SampleLine) { samples?.add(sample.line) }

    /// Why lines can no longer be written, if they cannot.
    public var failure: LineSink.Failure? { events.currentFailure ?? samples?.currentFailure }

    /// Waits until everything is written.
    ///
    /// - Throws: ``LineSink/Failure``.
    public func flush() throws {
        try events.flush()
        try samples?.flush()
    }
}
