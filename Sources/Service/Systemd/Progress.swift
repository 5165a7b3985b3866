import Watch

/// Judges by its vitals whether a live analysis gets on.
///
/// A queue that has something to do has to finish some of it now and then. A supervisor has to give a sign of
/// life when it is due: whether its source is there makes no difference. A value without a clock.
package struct Progress: Equatable, Sendable {
    /// How long what may take.
    package struct Limits: Equatable, Sendable {
        /// Seconds for one frame on a worker.
        package var worker: Double
        /// Seconds for one decision.
        package var eventDetector: Double
        /// Seconds for which a supervisor may be late. It gives up a call that hangs two seconds after its time.
        package var supervisor: Double

        package init(worker: Double = 20, eventDetector: Double = 20, supervisor: Double = 60) {
            self.worker = worker
            self.eventDetector = eventDetector
            self.supervisor = supervisor
        }
    }

    /// What does not get on.
    package struct Stall: Equatable, Sendable, CustomStringConvertible {
        /// A queue, or the name of a source.
        package var name: String
        /// For how long there has been no sign of life, in seconds.
        package var seconds: Double
        /// How much waits for a queue; `nil` for a supervisor.
        package var depth: Int?

        package init(name: String, seconds: Double, depth: Int?) {
            self.name = name
            self.seconds = seconds
            self.depth = depth
        }

        package var description: String {
            let time = "\(Int(seconds.rounded())) s"
            guard let depth else { return "source \(name) is \(time) overdue: it gave neither a frame nor an error" }
            return
                "\(name) has finished nothing for \(time), and \(depth == 1 ? "1 task waits" : "\(depth) tasks wait")"
        }
    }

    /// How much a queue that has something to do had done when it got on last, and when that was.
    private struct Mark: Equatable {
        var done: Int
        var time: Double
    }

    private let limits: Limits
    private var marks: [String: Mark] = [:]

    package init(limits: Limits = Limits()) { self.limits = limits }

    /// Takes a look.
    ///
    /// - Parameter time: by the monotonic clock, in seconds.
    /// - Returns: what does not get on; nothing, if all is well.
    package mutating func judge(_ health: HealthSnapshot, at time: Double) -> [Stall] {
        forgetAllBut(health)
        let workers = health.workers.compactMap { judge($0, limit: limits.worker, at: time) }
        let eventDetectors = health.eventDetectors.compactMap { judge($0, limit: limits.eventDetector, at: time) }
        let supervisors = health.supervisors.filter { time - $0.due > limits.supervisor }
        return workers + eventDetectors + supervisors.map { Stall(name: $0.source, seconds: time - $0.due, depth: nil) }
    }

    private mutating func judge(_ queue: HealthSnapshot.Queue, limit: Double, at time: Double) -> Stall? {
        guard queue.depth > 0 else {
            marks[queue.name] = nil  // it has nothing to do, and is as far as it can get
            return nil
        }
        guard let mark = marks[queue.name], mark.done == queue.done else {
            marks[queue.name] = Mark(done: queue.done, time: time)
            return nil
        }
        guard time - mark.time > limit else { return nil }
        return Stall(name: queue.name, seconds: time - mark.time, depth: queue.depth)
    }

    /// Sources come and go when the configuration is read anew.
    private mutating func forgetAllBut(_ health: HealthSnapshot) {
        let names = Set((health.workers + health.eventDetectors).map(\.name))
        marks = marks.filter { names.contains($0.key) }
    }
}
