import Basics
import Events

/// Target labels and thresholds of event detection, as configured, before a model is known. All times are in seconds.
package struct DetectionSettings: Equatable, Sendable {
    /// Score at which an event starts; `nil` for the usual one of the model's task.
    package var enter: Double?
    /// Score below which it ends; `nil` for three fifths of ``enter``.
    package var leave: Double?
    /// Time for which the score has to stay at ``enter`` or above before an event starts.
    package var holdTime = Thresholds().holdTime
    /// Time for which the score has to stay below ``leave`` before the event ends.
    package var clearDelay = Thresholds().clearDelay
    /// Minimum time between the end of an event of a label and the start of its next event.
    package var minimumGap = Thresholds().minimumGap
    /// Length after which an event is ended; `nil` for no limit.
    package var maximumLength: Double?
    /// Interval of `update` records of an open event; `nil` for none.
    package var update: Double?
    /// Target labels and groups; empty for all.
    package var labels: [String] = []
    /// Labels and groups to ignore.
    package var ignore: [String] = []
    /// Overrides for single labels and groups.
    package var overrides: [String: Changes] = [:]

    /// Overrides for some labels, or for a region. `nil` keeps the value.
    package struct Changes: Equatable, Sendable {
        package var enter: Double?
        package var leave: Double?
        package var holdTime: Double?
        package var clearDelay: Double?
        package var minimumGap: Double?
        package var maximumLength: Double?
        /// Limits of the size of objects; for labels, and for detectors only.
        package var size = SizeFilter()

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

    /// Thresholds of labels without overrides.
    package var thresholds: Thresholds {
        let enter = enter ?? Thresholds().enter
        return Thresholds(
            enter: enter, leave: leave ?? 0.6 * enter, holdTime: holdTime, clearDelay: clearDelay,
            minimumGap: minimumGap, maximumLength: maximumLength, update: update)
    }

    /// Returns the settings with overrides applied.
    package func applying(_ changes: Changes) -> DetectionSettings {
        var settings = self
        settings.enter = changes.enter ?? enter
        settings.leave = changes.leave ?? leave
        settings.holdTime = changes.holdTime ?? holdTime
        settings.clearDelay = changes.clearDelay ?? clearDelay
        settings.minimumGap = changes.minimumGap ?? minimumGap
        settings.maximumLength = changes.maximumLength ?? maximumLength
        return settings
    }

    /// Resolves the target labels for a network.
    ///
    /// - Parameters:
    ///   - labels: names of the network's classes.
    ///   - groups: labels of each group, by its name.
    /// - Throws: ``LabelTargetError``.
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
