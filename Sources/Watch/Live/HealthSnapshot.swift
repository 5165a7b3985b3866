/// Signs by which somebody who looks from time to time can tell whether a live analysis gets on.
///
/// A source that is away shows the same signs as one that is live: it is tried again and again, and every
/// attempt ends in time. What hangs shows none.
package struct HealthSnapshot: Equatable, Sendable {
    /// A queue that does one thing after the other.
    package struct Queue: Equatable, Sendable {
        package var name: String
        /// How much it was given so far.
        package var begun: Int
        /// How much of it is done.
        package var done: Int

        package init(name: String, begun: Int, done: Int) {
            self.name = name
            self.begun = begun
            self.done = done
        }

        /// How much waits or is under way.
        package var depth: Int { max(0, begun - done) }
    }

    /// Whoever reads a source, or waits until it can be tried again.
    package struct Supervisor: Equatable, Sendable {
        /// The source's name.
        package var source: String
        /// When it has to give the next sign of life at the latest, by the monotonic clock: a frame, an error,
        /// or another attempt. Infinity if there is nothing to wait for any more.
        package var due: Double

        package init(source: String, due: Double) {
            self.source = source
            self.due = due
        }
    }

    /// Those that run the network.
    package var workers: [Queue]
    /// Those that decide what is an event, one for each source, in the order of ``supervisors``.
    package var eventDetectors: [Queue]
    package var supervisors: [Supervisor]
    /// Frames that wait for a worker.
    package var waiting: Int

    package init(workers: [Queue], eventDetectors: [Queue], supervisors: [Supervisor], waiting: Int) {
        self.workers = workers
        self.eventDetectors = eventDetectors
        self.supervisors = supervisors
        self.waiting = waiting
    }
}
