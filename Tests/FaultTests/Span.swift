import Foundation
import TestSupport
import Testing

/// Measurement from the start of a fault to the end of the recovery.
struct Span {
    /// Results of a measurement.
    struct Measures {
        /// Seconds from the camera's return to its first frame; the longest pause between frames, if it was never lost.
        var secondsAway: Double
        /// Sampled frames per second of the other camera.
        var otherRate: Double
        var before: Holdings
        var after: Holdings
        /// Fraction of the time for which the program waited for a CPU.
        var waiting: Double

        /// Whether other programs used so much of the CPU that the rate cannot be judged.
        var isStarved: Bool { waiting > 0.5 }

        /// Returns a row of the table.
        ///
        /// - Parameter figure: another measurement, in the place of the time.
        func row(_ name: String, figure: String? = nil) -> String {
            let away = figure ?? String(format: "%.1f", secondsAway)
            let rate = String(format: "%.2f", otherRate) + (isStarved ? " (busy machine)" : "")
            let holdings =
                "\(before.descriptors.count), \(after.descriptors.count) | \(before.threads), \(after.threads)"
            return "| \(name) | \(away) | \(rate) | \(holdings) |"
        }
    }

    /// Wall clock time in seconds since 1970.
    let start: Double
    private let watch: WatchProcess
    private let before: Holdings
    private let waitedBefore: Double

    /// Counts what the program holds, and starts the measurement.
    init(of watch: WatchProcess) {
        self.watch = watch
        before = Holdings(of: watch, seconds: 1)
        waitedBefore = watch.secondsWaited
        start = Date().timeIntervalSince1970
    }

    /// Ends the measurement.
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

    /// Counts whole intervals between the first and the last frame, so that the rate does not depend on the start.
    private func otherRate(until end: Double) throws -> Double {
        _ = try TestTimeout.wait(seconds: 3) { try !watch.samples(of: "other", from: end).isEmpty }
        let times = try watch.samples(of: "other", from: start).filter { $0 <= end }
        guard let first = times.first, let last = times.last, last > first else { return 0 }
        // A late first or an early last frame would hide a gap.
        #expect(first - start < 0.5 && end - last < 0.5, "\(first - start) s, \(end - last) s")
        return Double(times.count - 1) / (last - first)
    }
}
