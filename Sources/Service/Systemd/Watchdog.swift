import Basics
import Capture
import Dispatch
import Glibc
import Watch

/// Detector of stalls of a live analysis, from its health snapshots.
///
/// A queue with tasks must complete one within its limit. A supervisor must report when it is due, whether its source is
/// connected or not. A value type; the caller passes the time.
package struct Progress: Equatable, Sendable {
    /// Limits of how long things may take.
    package struct Limits: Equatable, Sendable {
        /// Seconds for a frame on a worker.
        package var worker: Double
        /// Seconds for a sample in an event detector.
        package var eventDetector: Double
        /// Seconds that a supervisor may be late. It abandons a call that hangs two seconds after its timeout.
        package var supervisor: Double

        package init(worker: Double = 20, eventDetector: Double = 20, supervisor: Double = 60) {
            self.worker = worker
            self.eventDetector = eventDetector
            self.supervisor = supervisor
        }
    }

    /// Queue or source that makes no progress.
    package struct Stall: Equatable, Sendable, CustomStringConvertible {
        /// Name of the queue or source.
        package var name: String
        /// Seconds without progress.
        package var seconds: Double
        /// Tasks that wait for a queue; `nil` for a supervisor.
        package var depth: Int?

        package init(name: String, seconds: Double, depth: Int?) {
            self.name = name
            self.seconds = seconds
            self.depth = depth
        }

        package var description: String {
            let time = "\(Int(seconds.rounded())) s"
            guard let depth else {
                return "source \(name) is \(time) overdue: it returned neither a frame nor an error"
            }
            return
                "\(name) has finished nothing for \(time), and \(depth == 1 ? "1 task waits" : "\(depth) tasks wait")"
        }
    }

    /// Last progress of a queue with tasks: how many it had completed, and when.
    private struct Mark: Equatable {
        var done: Int
        var time: Double
    }

    private let limits: Limits
    private var marks: [String: Mark] = [:]

    package init(limits: Limits = Limits()) { self.limits = limits }

    /// Compares a snapshot with the previous ones.
    ///
    /// - Parameter time: seconds of the monotonic clock.
    /// - Returns: the stalls.
    package mutating func judge(_ health: HealthSnapshot, at time: Double) -> [Stall] {
        forgetAllBut(health)
        let workers = health.workers.compactMap { judge($0, limit: limits.worker, at: time) }
        let eventDetectors = health.eventDetectors.compactMap { judge($0, limit: limits.eventDetector, at: time) }
        let supervisors = health.supervisors.filter { time - $0.due > limits.supervisor }
        return workers + eventDetectors + supervisors.map { Stall(name: $0.source, seconds: time - $0.due, depth: nil) }
    }

    private mutating func judge(_ queue: HealthSnapshot.Queue, limit: Double, at time: Double) -> Stall? {
        guard queue.depth > 0 else {
            marks[queue.name] = nil  // an idle queue makes no progress
            return nil
        }
        guard let mark = marks[queue.name], mark.done == queue.done else {
            marks[queue.name] = Mark(done: queue.done, time: time)
            return nil
        }
        guard time - mark.time > limit else { return nil }
        return Stall(name: queue.name, seconds: time - mark.time, depth: queue.depth)
    }

    /// A reload adds and removes sources.
    private mutating func forgetAllBut(_ health: HealthSnapshot) {
        let names = Set((health.workers + health.eventDetectors).map(\.name))
        marks = marks.filter { names.contains($0.key) }
    }
}

/// Liveness of the service: its workers, its supervisors, and its own queue.
final class ServiceHealth: Sendable {
    private struct State {
        var progress = Progress()
        var analysis: LiveAnalysis
        var lastCheck: Double?
    }

    private let state: Mutex<State>

    /// Seconds between checks of the sources at most.
    private static let longestPause = 20.0

    init(_ analysis: LiveAnalysis) { state = Mutex(State(analysis: analysis)) }

    /// Monitors another analysis from now on.
    func watch(_ analysis: LiveAnalysis) {
        state.withLock { state in
            state.analysis = analysis
            state.progress = Progress()
        }
    }

    /// Records a check of the sources by the service's queue.
    ///
    /// - Parameter time: seconds of the monotonic clock.
    func noteCheck(at time: Double) { state.withLock { $0.lastCheck = time } }

    /// Returns what makes no progress.
    ///
    /// - Parameter time: seconds of the monotonic clock.
    func stalls(at time: Double) -> [Progress.Stall] {
        let health = state.withLock(\.analysis).health
        return state.withLock { state in
            var stalls = state.progress.judge(health, at: time)
            if let last = state.lastCheck, time - last > Self.longestPause {
                stalls.append(Progress.Stall(name: "the service itself", seconds: time - last, depth: 1))
            }
            return stalls
        }
    }
}

/// Timer that sends watchdog messages to the service manager while the service makes progress. Without them, the manager
/// restarts the service.
package final class WatchdogTimer {
    private let timer: any DispatchSourceTimer
    private let queue = DispatchQueue(label: "watchdog", qos: .userInitiated)

    /// - Parameters:
    ///   - variable: the value of an environment variable.
    ///   - process: the ID of this process.
    /// - Returns: the watchdog period in seconds; `nil` without a watchdog.
    package static func period(variable: (String) -> String?, process: Int32 = getpid()) -> Double? {
        guard let text = variable("WATCHDOG_USEC"), let microseconds = UInt64(text), microseconds > 0 else {
            return nil
        }
        if let owner = variable("WATCHDOG_PID"), Int32(owner) != process { return nil }
        return Double(microseconds) / 1e6
    }

    /// Starts the timer.
    ///
    /// sd_watchdog_enabled(3) advises two messages per period. This timer sends four, so that a short delay does not cause a
    /// restart.
    ///
    /// - Parameters:
    ///   - period: the watchdog period in seconds.
    ///   - stalls: returns the stalls at a time of the monotonic clock. Is called on the timer's queue; if it does not
    ///     return, no message is sent.
    ///   - tell: sends a watchdog message.
    ///   - complain: receives the stalls whenever they change.
    package init(
        period: Double, stalls: @escaping @Sendable (_ time: Double) -> [Progress.Stall],
        tell: @escaping @Sendable () -> Void, complain: @escaping @Sendable ([Progress.Stall]) -> Void
    ) {
        timer = DispatchSource.makeTimerSource(queue: queue)
        let known = QueueConfined<[String]>([], on: queue)
        timer.setEventHandler {
            let found = stalls(MonotonicClock.now)
            let names = found.map(\.name)
            let isNews = known.access { known in
                defer { known = names }
                return known != names
            }
            if found.isEmpty { tell() } else if isNews { complain(found) }
        }
        timer.schedule(deadline: .now(), repeating: period / 4)
        timer.activate()
    }

    /// Stops the timer. No message is sent after it returns.
    package func stop() {
        timer.cancel()
        queue.sync {}
    }

    deinit { timer.cancel() }
}
