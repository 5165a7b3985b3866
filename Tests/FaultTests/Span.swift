import Foundation
import Testing

/// A span of time, from a fault's beginning to the recovery's end, and what is measured in it.
struct Span {
    /// What was measured.
    struct Measures {
        /// From the camera's return to its first frame, or else the longest time without one.
        var secondsAway: Double
        /// Frames of the other camera that were looked at in a second.
        var otherRate: Double
        var before: Holdings
        var after: Holdings
        /// For which part of the time the program has waited for a processor.
        var waiting: Double

        /// Whether other programs took so much that there is nothing to be said about the rate.
        var isStarved: Bool { waiting > 0.5 }

        /// A line of the table.
        ///
        /// - Parameter figure: what stands in the place of the time, where that is not what was measured.
        func row(_ name: String, figure: String? = nil) -> String {
            let away = figure ?? String(format: "%.1f", secondsAway)
            let rate = String(format: "%.2f", otherRate) + (isStarved ? " (busy machine)" : "")
            let holdings =
                "\(before.descriptors.count), \(after.descriptors.count) | \(before.threads), \(after.threads)"
            return "| \(name) | \(away) | \(rate) | \(holdings) |"
        }
    }

    /// Since 1970, in seconds.
    let start: Double
    private let watch: WatchProcess
    private let before: Holdings
    private let waitedBefore: Double

    /// Begins, when it is known what the program holds.
    init(of watch: WatchProcess) {
        self.watch = watch
        before = Holdings(of: watch, seconds: 1)
        waitedBefore = watch.secondsWaited
        start = Date().timeIntervalSince1970
    }

    /// Ends.
    func measure(_ outcome: Trial.Outcome) throws -> Measures {
        let end = Date().timeIntervalSince1970
        let waiting = (watch.secondsWaited - waitedBefore) / (end - start)
        let after = Holdings(of: watch, noMoreThan: before)
        return Measures(
            secondsAway: try secondsAway(outcome, until: end), otherRate: try otherRate(until: end), before: before,
            after: after, waiting: waiting)
    }

    private func secondsAway(_ outcome: Trial.Outcome, until end: Double) throws -> Double {
        if case .found(let seconds) = outcome { return seconds }
        let times = try watch.samples(of: "camera", from: start).filter { $0 < end } + [end]
        return zip([start] + times, times).map { $1 - $0 }.max() ?? .infinity
    }

    /// Whole intervals between the first and the last frame, so that it does not matter when the span begins.
    private func otherRate(until end: Double) throws -> Double {
        let limit = Date().addingTimeInterval(3)
        while try watch.samples(of: "other", from: end).isEmpty, Date() < limit { Trial.sleep(0.05) }
        let times = try watch.samples(of: "other", from: start).filter { $0 <= end }
        guard let first = times.first, let last = times.last, last > first else { return 0 }
        // Neither a late beginning nor an early end may hide a gap.
        #expect(first - start < 0.5 && end - last < 0.5, "\(first - start) s, \(end - last) s")
        return Double(times.count - 1) / (last - first)
    }
}
