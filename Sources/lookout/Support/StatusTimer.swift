import Dispatch

/// Draws lines on the terminal a few times a second, if somebody is looking.
struct StatusTimer {
    private let queue = DispatchQueue(label: "progress")
    /// `nil` if nobody is looking.
    private let timer: (any DispatchSourceTimer)?

    /// - Parameter lines: what there is to show; called on a queue of its own.
    init(_ lines: @escaping @Sendable () -> [String]) {
        guard Terminal.isInteractive else {
            timer = nil
            return
        }
        let timer = DispatchSource.makeTimerSource(queue: queue)
        timer.setEventHandler { Terminal.show(lines()) }
        timer.schedule(deadline: .now() + .milliseconds(100), repeating: .milliseconds(200))
        timer.activate()
        self.timer = timer
    }

    /// Takes the lines away.
    func stop() {
        timer?.cancel()
        queue.sync {}  // it may be drawing
        Terminal.clearStatus()
    }

    static func seconds(since start: ContinuousClock.Instant) -> Double {
        let (seconds, attoseconds) = start.duration(to: .now).components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}
