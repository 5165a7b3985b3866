/// Progress counters and deadlines for the watchdog.
///
/// A source that is away makes the same progress as a live one: it is retried for ever, and every attempt ends in
/// time. Only a queue or source that hangs makes none.
package struct HealthSnapshot: Equatable, Sendable {
    /// Progress of a serial queue.
    package struct Queue: Equatable, Sendable {
        package var name: String
        /// Number of tasks submitted so far.
        package var begun: Int
        /// Number of tasks finished so far.
        package var done: Int

        package init(name: String, begun: Int, done: Int) {
            self.name = name
            self.begun = begun
            self.done = done
        }

        /// Number of tasks that wait or run.
        package var depth: Int { max(0, begun - done) }
    }

    /// Deadline of a source's supervisor.
    package struct Supervisor: Equatable, Sendable {
        /// The source's name.
        package var source: String
        /// Time by which the next progress is due, in seconds of the monotonic clock: a frame, an error, or
        /// another attempt. Infinity if none is expected any more.
        package var due: Double

        package init(source: String, due: Double) {
            self.source = source
            self.due = due
        }
    }

    /// Inference workers.
    package var workers: [Queue]
    /// Event detectors, one for each source, in the order of ``supervisors``.
    package var eventDetectors: [Queue]
    package var supervisors: [Supervisor]
    /// Number of frames that wait for a worker.
    package var waiting: Int

    package init(workers: [Queue], eventDetectors: [Queue], supervisors: [Supervisor], waiting: Int) {
        self.workers = workers
        self.eventDetectors = eventDetectors
        self.supervisors = supervisors
        self.waiting = waiting
    }
}
