import Dispatch
import Watch

/// Draws how far an evaluation has come a few times a second, if somebody is looking.
struct EvaluationDisplay {
    private let started = ContinuousClock.now
    private let status: StatusTimer

    /// - Parameter count: how many images there are.
    init(_ evaluation: Evaluation, count: Int) {
        let started = started
        status = StatusTimer {
            [Self.line(evaluation.accuracy, count: count, elapsed: StatusTimer.seconds(since: started))]
        }
    }

    /// - Returns: seconds since the display began.
    func stop() -> Double {
        status.stop()
        return StatusTimer.seconds(since: started)
    }

    /// Images, share, time to go, speed, how many were right.
    static func line(_ accuracy: Accuracy, count: Int, elapsed: Double) -> String {
        let done = accuracy.pictures + accuracy.unreadable
        let speed = elapsed > 0 ? Double(done) / elapsed : 0
        var parts = ["\(done) / \(count)", "\(count > 0 ? 100 * done / count : 0) %"]
        if speed > 0 { parts.append("\(clockTime(Double(count - done) / speed)) to go") }
        parts.append("\(decimals(speed, 1)) images/s")
        parts.append("top-1 \(decimals(100 * accuracy.top1Rate, 1)) %")
        return parts.joined(separator: "  ")
    }
}
