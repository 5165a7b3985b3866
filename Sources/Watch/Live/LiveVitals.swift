/// Signs by which somebody who looks from time to time can tell whether a live analysis gets on.
///
/// A source that is away shows the same signs as one that is live: it is tried again and again, and every
/// attempt ends in time. What hangs shows none.
public struct LiveVitals: Equatable, Sendable {
    /// A queue that does one thing after the other.
    public struct Queue: Equatable, Sendable {
        public var name: String
        /// How much it was given so far.
        public var begun: Int
        /// How much of it is done.
        public var done: Int

        public init(name: String, begun: Int, done: Int) {
            self.name = name
            self.begun = begun
            self.done = done
        }

        /// How much waits or is under way.
        public var depth: Int { max(0, begun - done) }
    }

    /// Whoever reads a source, or waits until it can be tried again.
    public struct Supervisor: Equatable, Sendable {
        /// The source's name.
        public var source: String
        /// When it has to give the next sign of life at the latest, by the monotonic clock: a picture, an error,
        /// or another attempt. Infinity if there is nothing to wait for any more.
        public var due: Double

        public init(source: String, due: Double) {
            self.source = source
            self.due = due
        }
    }

    /// Those that run the network.
    public var lanes: [Queue]
    /// Those that decide what is an event, one for each source, in the order of ``supervisors``.
    public var deciders: [Queue]
    public var supervisors: [Supervisor]
    /// Pictures that wait for a lane.
    public var waiting: Int

    public init(lanes: [Queue], deciders: [Queue], supervisors: [Supervisor], waiting: Int) {
        self.lanes = lanes
        self.deciders = deciders
        self.supervisors = supervisors
        self.waiting = waiting
    }
}
