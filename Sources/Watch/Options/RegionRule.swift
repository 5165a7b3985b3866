import Capture

/// A part of the pictures that is looked at by itself, or several of the same kind, and what is different there.
public struct RegionRule: Equatable, Sendable {
    /// Which part.
    public var area: RegionArea
    /// What is different there.
    public var changes: SightingRules.Changes
    /// Labels and groups that are looked for there; `nil` for the same as elsewhere.
    public var labels: [String]?
    /// Labels and groups that are not looked for there; `nil` for the same as elsewhere.
    public var ignore: [String]?

    public init(
        _ area: RegionArea, changes: SightingRules.Changes = .init(), labels: [String]? = nil, ignore: [String]? = nil
    ) {
        self.area = area
        self.changes = changes
        self.labels = labels
        self.ignore = ignore
    }

    /// The parts, each by itself.
    public var regions: [Region] { area.regions }

    /// What is looked for in them.
    ///
    /// - Parameter rules: what is looked for elsewhere.
    public func rules(from rules: SightingRules) -> SightingRules {
        var own = rules.applying(changes)
        own.labels = labels ?? rules.labels
        own.ignore = ignore ?? rules.ignore
        return own
    }
}
