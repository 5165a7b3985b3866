import Basics
import Dispatch
import Events

/// Sinks of the events of live sources. Numbers events in the order in which they are written.
///
/// Every method may be called from any thread.
package final class LiveSinks: Sendable {
    /// Sinks, and the sequence number of the last event.
    private struct Targets: Sendable {
        var events: [any EventSink]
        var samples: [any EventSink]
        var sequence: Int
    }

    private let targets: Mutex<Targets>
    private let states: EventStates?
    private let sampleSequence = Mutex(0)

    /// - Parameters:
    ///   - events: event sinks; each gets every event.
    ///   - samples: sinks for the highest scores of every sample; each gets every sample.
    ///   - states: keeps sequence numbers and open events over a restart. Events that the run before this one left
    ///     pending are written at once.
    package init(events: [any EventSink], samples: [any EventSink] = [], states: EventStates? = nil) {
        targets = Mutex(Targets(events: events, samples: samples, sequence: states?.sequence ?? 0))
        self.states = states
        for line in states?.takePendingEvents() ?? [] { for sink in events { sink.add(line) } }
    }

    /// Replaces the sinks. No line is lost and none goes to both; the old sinks still write the lines that they have.
    package func replace(events: [any EventSink], samples: [any EventSink]) {
        targets.withLock { targets in
            targets.events = events
            targets.samples = samples
        }
    }

    /// Whether any sink takes samples.
    var wantsSamples: Bool { targets.withLock { !$0.samples.isEmpty } }

    /// Whether the progress of open events is kept.
    var wantsProgress: Bool { states != nil }

    /// Numbers an event and gives it to every sink. Returns at once.
    package func add(_ event: AnalysisEvent) {
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

    /// Keeps the progress of an open event. It is not an event record.
    func progress(_ event: AnalysisEvent) { states?.progress(event) }

    /// Forgets the state of a source that was removed.
    func forget(source: String) { states?.forget(source: source) }

    func add(_ sample: SampleLine) {
        sampleSequence.withLock { sequence in
            sequence += 1
            for sink in targets.withLock(\.samples) { sink.add(sample.line, sequence: sequence) }
        }
    }

    /// Failure of a sink that can no longer write; `nil` if there is none.
    package var failure: LineSink.Failure? {
        let targets = targets.withLock { $0 }
        return (targets.events + targets.samples).lazy.compactMap(\.currentFailure).first
    }

    /// Blocks until everything is written, for a few seconds at most.
    package func flush() {
        let targets = targets.withLock { $0 }
        let deadline = DispatchTime.now() + 3
        func rest() -> Double {
            max(0, Double(deadline.uptimeNanoseconds) - Double(DispatchTime.now().uptimeNanoseconds)) / 1e9
        }
        for sink in targets.events + targets.samples { sink.flush(seconds: rest()) }
        states?.flush(seconds: max(0.5, rest()))
    }

    private func add(_ line: (Int) -> EventLine, note: (EventLine) -> Void) {
        // The line is handed over in the same critical section as its number, or two lines could change places.
        targets.withLock { targets in
            targets.sequence += 1
            let line = line(targets.sequence)
            // The current state is never behind the sinks.
            note(line)
            for sink in targets.events { sink.add(line) }
        }
    }
}
