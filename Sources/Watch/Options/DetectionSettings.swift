import Events

/// What is looked for, and when it counts as seen, before it is known what a network can tell apart. All
/// times are in seconds.
package struct DetectionSettings: Equatable, Sendable {
    /// The score at which a label begins.
    package var enter = Thresholds().enter
    /// The score below which it ends; `nil` for three fifths of ``enter``.
    package var leave: Double?
    /// How long the score has to stay that high.
    package var holdTime = Thresholds().holdTime
    /// How long the score has to stay that low.
    package var clearDelay = Thresholds().clearDelay
    /// Minimum time between the end of an event of a label and the start of its next event.
    package var minimumGap = Thresholds().minimumGap
    /// Length after which an event is ended; `nil` for no limit.
    package var maximumLength: Double?
    /// How often a label that stays is mentioned; `nil` for never.
    package var update: Double?
    /// Labels and groups that are looked for; all if it is empty.
    package var labels: [String] = []
    /// Labels and groups that are not looked for.
    package var ignore: [String] = []
    /// What is different for single labels and groups.
    package var overrides: [String: Changes] = [:]

    /// What is different for some of the labels, or in a part of the frame. What is `nil` is as elsewhere.
    package struct Changes: Equatable, Sendable {
        package var enter: Double?
        package var leave: Double?
        package var holdTime: Double?
        package var clearDelay: Double?
        package var minimumGap: Double?
        package var maximumLength: Double?

        package init(
            enter: Double? = nil, leave: Double? = nil, holdTime: Double? = nil, clearDelay: Double? = nil,
            minimumGap: Double? = nil, maximumLength: Double? = nil
        ) {
            self.enter = enter
            self.leave = leave
            self.holdTime = holdTime
            self.clearDelay = clearDelay
            self.minimumGap = minimumGap
            self.maximumLength = maximumLength
        }
    }

    package init() {}

    /// When labels begin and end for which nothing else is said.
    package var thresholds: Thresholds {
        Thresholds(
            enter: enter, leave: leave ?? 0.6 * enter, holdTime: holdTime, clearDelay: clearDelay,
            minimumGap: minimumGap, maximumLength: maximumLength, update: update)
    }

    /// The same, but for what is different.
    package func applying(_ changes: Changes) -> DetectionSettings {
        var rules = self
        rules.enter = changes.enter ?? enter
        rules.leave = changes.leave ?? leave
        rules.holdTime = changes.holdTime ?? holdTime
        rules.clearDelay = changes.clearDelay ?? clearDelay
        rules.minimumGap = changes.minimumGap ?? minimumGap
        rules.maximumLength = changes.maximumLength ?? maximumLength
        return rules
    }

    /// What is looked for.
    ///
    /// - Parameters:
    ///   - labels: the names of the network's classes.
    ///   - groups: labels that count as one, by the name of the group.
    /// - Throws: ``SubjectError``.
    package func targets(for labels: [String], groups: [String: [String]]) throws(LabelTargetError) -> [LabelTarget] {
        var rules = LabelTargetRules()
        rules.groups = groups
        rules.allowed = self.labels
        rules.ignored = ignore
        rules.thresholds = thresholds
        rules.overrides = overrides.mapValues { applying($0).thresholds }
        return try rules.targets(for: labels)
    }
}
