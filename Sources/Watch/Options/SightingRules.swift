import Events

/// What is looked for, and when it counts as seen, before it is known what a network can tell apart. All
/// times are in seconds.
public struct SightingRules: Equatable, Sendable {
    /// The score at which a label begins.
    public var enter = Thresholds().enter
    /// The score below which it ends; `nil` for three fifths of ``enter``.
    public var leave: Double?
    /// How long the score has to stay that high.
    public var hold = Thresholds().hold
    /// How long the score has to stay that low.
    public var gone = Thresholds().gone
    /// How often a label that stays is mentioned; `nil` for never.
    public var update: Double?
    /// Labels and groups that are looked for; all if it is empty.
    public var labels: [String] = []
    /// Labels and groups that are not looked for.
    public var ignore: [String] = []
    /// What is different for single labels and groups.
    public var overrides: [String: Changes] = [:]

    /// What is different for some of the labels, or in a part of the picture. What is `nil` is as elsewhere.
    public struct Changes: Equatable, Sendable {
        public var enter: Double?
        public var leave: Double?
        public var hold: Double?
        public var gone: Double?

        public init(enter: Double? = nil, leave: Double? = nil, hold: Double? = nil, gone: Double? = nil) {
            self.enter = enter
            self.leave = leave
            self.hold = hold
            self.gone = gone
        }
    }

    public init() {}

    /// When labels begin and end for which nothing else is said.
    public var thresholds: Thresholds {
        Thresholds(enter: enter, leave: leave ?? 0.6 * enter, hold: hold, gone: gone, update: update)
    }

    /// The same, but for what is different.
    public func applying(_ changes: Changes) -> SightingRules {
        var rules = self
        rules.enter = changes.enter ?? enter
        rules.leave = changes.leave ?? leave
        rules.hold = changes.hold ?? hold
        rules.gone = changes.gone ?? gone
        return rules
    }

    /// What is looked for.
    ///
    /// - Parameters:
    ///   - labels: the names of the network's classes.
    ///   - groups: labels that count as one, by the name of the group.
    /// - Throws: ``SubjectError``.
    public func subjects(for labels: [String], groups: [String: [String]]) throws(SubjectError) -> [Subject] {
        var rules = SubjectRules()
        rules.groups = groups
        rules.allowed = self.labels
        rules.ignored = ignore
        rules.thresholds = thresholds
        rules.overrides = overrides.mapValues { applying($0).thresholds }
        return try rules.subjects(for: labels)
    }
}
