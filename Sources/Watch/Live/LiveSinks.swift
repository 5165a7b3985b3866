import Basics
import Events

/// Where the lines of live sources go. Numbers them in the order in which they are written.
public final class LiveSinks: Sendable {
    private let events: LiveLineSink
    private let samples: LiveLineSink?
    private let sequence = Guarded(0)
    private let sampleSequence = Guarded(0)

    /// - Parameters:
    ///   - events: takes the events.
    ///   - samples: takes the highest scores of every sample.
    public init(events: LiveLineSink, samples: LiveLineSink?) {
        self.events = events
        self.samples = samples
    }

    /// Whether anybody wants to see samples.
    var wantsSamples: Bool { samples != nil }

    func add(_ event: Event) { add { event.line(sequence: $0) } }

    func add(_ event: SourceEvent) { add { event.line(sequence: $0) } }

    func add(_ sample: SampleLine) {
        sampleSequence.withLock { number in
            number += 1
            samples?.add(sample.line, sequence: number)
        }
    }

    /// Why lines can no longer be written, if they cannot.
    public var failure: LineSink.Failure? { events.currentFailure ?? samples?.currentFailure }

    /// Waits until everything is written, for a few seconds at most.
    public func flush() {
        events.flush(seconds: 3)
        samples?.flush(seconds: 3)
    }

    private func add(_ line: (Int) -> JSONLine) {
        // A number is taken and its line handed over at once, or two lines could change places.
        sequence.withLock { number in
            number += 1
            events.add(line(number), sequence: number)
        }
    }
}
