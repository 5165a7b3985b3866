import Basics
import Capture
import Dispatch
import Glibc

/// Tells the service manager again and again that the service gets on, for as long as it does. When it hears
/// nothing for some time, the manager starts the service anew.
package final class WatchdogTimer {
    private let timer: any DispatchSourceTimer
    private let queue = DispatchQueue(label: "watchdog", qos: .userInitiated)

    /// - Parameters:
    ///   - variable: the value of an environment variable.
    ///   - process: the number of this process.
    /// - Returns: seconds within which the manager wants to hear something; `nil` if it does not care.
    package static func period(variable: (String) -> String?, process: Int32 = getpid()) -> Double? {
        guard let text = variable("WATCHDOG_USEC"), let microseconds = UInt64(text), microseconds > 0 else {
            return nil
        }
        if let owner = variable("WATCHDOG_PID"), Int32(owner) != process { return nil }
        return Double(microseconds) / 1e6
    }

    /// Begins to look, and to tell.
    ///
    /// sd_watchdog_enabled(3) advises to tell twice in a period; it is four times here, so that one moment in
    /// which something is late is not the end of the service.
    ///
    /// - Parameters:
    ///   - period: seconds within which the manager wants to hear something.
    ///   - stalls: what does not get on, at a time of the monotonic clock. Is called on a queue of its own; if
    ///     it does not return, nothing is told either.
    ///   - tell: tells the manager that all is well.
    ///   - complain: is given what does not get on, each time that it is something else.
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

    /// When it returns, nothing is told any more.
    package func stop() {
        timer.cancel()
        queue.sync {}
    }

    deinit { timer.cancel() }
}
