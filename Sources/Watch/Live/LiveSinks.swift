import Basics
import Dispatch
import Events

/// Where the lines of live sources go. Numbers them in the order in which they are written.
package final class LiveSinks: Sendable {
    /// What takes lines, and the number of the last one.
    private struct Targets: Sendable {
        var events: [any EventSink]
        var samples: LiveLineSink?
        var sequence: Int
    }

    private let targets: Mutex<Targets>
    private let states: EventStates?
    private let sampleSequence = Mutex(0)

    /// - Parameters:
    ///   - events: take the events, each all of them.
    ///   - samples: takes the highest scores of every sample.
    ///   - states: keep the numbers and what is present over a restart. What a run before this one left to be said
    ///     is said at once.
    package init(events: [any EventSink], samples: LiveLineSink?, states: EventStates? = nil) {
        targets = Mutex(Targets(events: events, samples: samples, sequence: states?.sequence ?? 0))
        self.states = states
        for line in states?.takePendingEvents() ?? [] { for sink in events { sink.add(line) } }
    }

    /// From now on lines go elsewhere, without a hole and without a line that goes to both. What the others have
    /// been given they still write.
    package func replace(events: [any EventSink], samples: LiveLineSink?) {
        targets.withLock { targets in
            targets.events = events
            targets.samples = samples
        }
    }

    /// Whether anybody wants to see samples.
    var wantsSamples: Bool { targets.withLock { $0.samples != nil } }

    /// Whether anybody wants to know how what is present goes on.
    var wantsProgress: Bool { states != nil }

    /// Numbers an event, and tells everybody. Returns at once.
    package func add(_ event: Event) {
        add {
            EventLine(event, sequence: $0)
        } note: { [states] in
            states?.note(event, $0)
        }
    }

    func add(_ event: SourceEvent) {
        add {
            EventLine(event, sequence: $0)
        } note: { [states] in
            states?.note(event, $0)
        }
    }

    /// Something that is present goes on. Nobody is told, but those who ask what is present.
    func progress(_ event: Event) { states?.progress(event) }

    /// Forgets the condition of a source that is no longer watched.
    func forget(source: String) { states?.forget(source: source) }

    func add(_ sample: SampleLine) {
        sampleSequence.withLock { number in
            number += 1
            targets.withLock(\.samples)?.add(sample.line, sequence: number)
        }
    }

    /// Why lines can no longer be written, if they cannot.
    package var failure: LineSink.Failure? {
        let targets = targets.withLock { $0 }
        return targets.events.lazy.compactMap(\.currentFailure).first ?? targets.samples?.currentFailure
    }

    /// Waits until everything is written, for a few seconds at most.
    package func flush() {
        let targets = targets.withLock { $0 }
        let deadline = DispatchTime.now() + 3
        func rest() -> Double {
            max(0, Double(deadline.uptimeNanoseconds) - Double(DispatchTime.now().uptimeNanoseconds)) / 1e9
        }
        for sink in targets.events { sink.flush(seconds: rest()) }
        targets.samples?.flush(seconds: rest())
        states?.flush(seconds: max(0.5, rest()))
    }

    private func add(_ line: (Int) -> EventLine, note: (EventLine) -> Void) {
        // A number is taken and its line handed over at once, or two lines could change places.
        targets.withLock { targets in
            targets.sequence += 1
            let line = line(targets.sequence)
            // Whoever asks what is present is told at least what sinks have been told.
            note(line)
            for sink in targets.events { sink.add(line) }
        }
    }
}
