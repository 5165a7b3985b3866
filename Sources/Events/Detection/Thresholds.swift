/// Thresholds and delays of the hysteresis of a label. All times are in seconds.
package struct Thresholds: Equatable, Sendable {
    /// Score at or above which an interval begins; above 0, at most 1. Configuration key `enter`.
    package var enter: Double
    /// Score at or above which an open interval goes on; 0 to ``enter``. Configuration key `leave`.
    package var leave: Double
    /// Time for which the score has to stay at ``enter`` or above before an interval begins; 0 for none. The interval
    /// then starts with the first of those samples. Configuration key `hold`.
    package var holdTime: Double
    /// Time for which the score has to stay below ``leave`` before an interval ends. The interval then ends with the
    /// last sample before. Configuration key `clear_after`.
    package var clearDelay: Double
    /// Least time between the end of an interval and the start of the next; 0 for none. Configuration key `min_gap`.
    package var minimumGap: Double
    /// Time after which an interval is cut: it ends with the reason `max_length`. If the label is still there, a new
    /// interval starts with the next sample, after ``minimumGap`` and without ``holdTime``. `nil` for no limit.
    /// Configuration key `max_length`.
    package var maximumLength: Double?
    /// Period of the `update` records of an open interval; `nil` for none. Configuration key `update`.
    package var update: Double?

    package init(
        enter: Double = 0.4, leave: Double = 0.24, holdTime: Double = 0.4, clearDelay: Double = 2,
        minimumGap: Double = 0, maximumLength: Double? = nil, update: Double? = nil
    ) {
        self.enter = enter
        self.leave = leave
        self.holdTime = holdTime
        self.clearDelay = clearDelay
        self.minimumGap = minimumGap
        self.maximumLength = maximumLength
        self.update = update
    }

    /// The first invalid value, as a sentence that names its configuration key; `nil` if all are valid.
    package var problem: String? {
        if !(0...1).contains(enter) || enter == 0 { return "enter must be a score above 0, up to 1, not \(enter)" }
        if !(0...1).contains(leave) { return "leave must be a score from 0 to 1, not \(leave)" }
        if leave > enter {
            return "leave (\(leave)) must not be above enter (\(enter)): a label would end while it begins"
        }
        for (key, value) in [("hold", holdTime), ("clear_after", clearDelay), ("min_gap", minimumGap)]
        where !(0...86400).contains(value) {
            return "\(key) must be from 0 to 86400 seconds, not \(value)"
        }
        for (key, value) in [("max_length", maximumLength), ("update", update)] {
            if let value, !(value > 0 && value <= 86400) {
                return "\(key) must be above 0, up to 86400 seconds, not \(value)"
            }
        }
        return nil
    }
}
