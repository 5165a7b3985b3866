import Capture

/// A part of the frames that is looked at by itself, or several of the same kind, and what is different there.
package struct RegionRule: Equatable, Sendable {
    /// Which part.
    package var area: RegionArea
    /// What is different there.
    package var changes: DetectionSettings.Changes
    /// Labels and groups that are looked for there; `nil` for the same as elsewhere.
    package var labels: [String]?
    /// Labels and groups that are not looked for there; `nil` for the same as elsewhere.
    package var ignore: [String]?

    package init(
        _ area: RegionArea, changes: DetectionSettings.Changes = .init(), labels: [String]? = nil,
        ignore: [String]? = nil
    ) {
        self.area = area
        self.changes = changes
        self.labels = labels
        self.ignore = ignore
    }

    /// The parts, each by itself.
    package var regions: [Region] { area.regions }

    /// What is looked for in them.
    ///
    /// - Parameter rules: what is looked for elsewhere.
    package func rules(from rules: DetectionSettings) -> DetectionSettings {
        var own = rules.applying(changes)
        own.labels = labels ?? rules.labels
        own.ignore = ignore ?? rules.ignore
        return own
    }
}
