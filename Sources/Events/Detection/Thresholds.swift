/// When a label begins and when it ends. All times are in seconds.
package struct Thresholds: Equatable, Sendable {
    /// A label begins at this score.
    package var enter: Double
    /// It goes on as long as its score is at least this.
    package var leave: Double
    /// How long the score has to stay at ``enter`` or above before the label counts as seen. Its start is
    /// then the first of those samples. 0 for at once.
    package var holdTime: Double
    /// How long the score has to stay below ``leave`` before the label counts as gone. Its end is then the
    /// last sample before.
    package var clearDelay: Double
    /// How long after its end a label cannot begin again.
    package var minimumGap: Double
    /// After this time a label ends, and may begin again; `nil` for never.
    package var maximumLength: Double?
    /// How often a label that stays is mentioned; `nil` for never.
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

    /// What is wrong with them, in a sentence; `nil` if nothing is.
    package var problem: String? {
        if !(0...1).contains(enter) || enter == 0 {
            return "the enter threshold is a score above 0, up to 1, not \(enter)"
        }
        if !(0...1).contains(leave) { return "the leave threshold is a score from 0 to 1, not \(leave)" }
        if leave > enter {
            return "the leave threshold (\(leave)) must not be above the enter threshold (\(enter)): "
                + "a label would end while it begins"
        }
        for (name, value) in [("hold", holdTime), ("gone", clearDelay), ("gap", minimumGap)]
        where !(0...86400).contains(value) {
            return "the \(name) time is a number of seconds from 0 to 86400, not \(value)"
        }
        for (name, value) in [("greatest length", maximumLength), ("update time", update)] {
            if let value, !(value > 0 && value <= 86400) {
                return "the \(name) is a number of seconds above 0, up to 86400, not \(value)"
            }
        }
        return nil
    }
}
