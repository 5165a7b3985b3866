import Basics

/// Rules by which tracked objects become events. All times are in seconds.
package struct ObjectSettings: Equatable, Sendable {
    /// Labels and groups that are reported, each with its thresholds. A group is the name under which several labels
    /// count; each object still has one label.
    package var targets: [LabelTarget]
    /// Limits of the size by class; a class without an entry has none.
    package var sizes: [Int: SizeFilter] = [:]
    package var zones: [Zone] = []
    package var lines: [CountingLine] = []
    /// Areas in which no object is reported. The place of an object is the middle of the lower edge of its box.
    package var masks: [Polygon] = []
    /// Time for which an object must stay at its place to be stationary.
    package var stationaryAfter = 10.0
    package var tracking = TrackerSettings()
    /// Rules of the second stage; `nil` without one.
    package var classification: ClassificationRules?

    package init(targets: [LabelTarget]) { self.targets = targets }
}

/// Limits of the size and the shape of an object's box.
package struct SizeFilter: Equatable, Sendable {
    /// Least area, as a fraction of the frame.
    package var minimumArea: Double?
    /// Greatest area, as a fraction of the frame.
    package var maximumArea: Double?
    /// Least width divided by height, both as fractions of the frame.
    package var minimumRatio: Double?
    /// Greatest width divided by height, both as fractions of the frame.
    package var maximumRatio: Double?

    package init(
        minimumArea: Double? = nil, maximumArea: Double? = nil, minimumRatio: Double? = nil,
        maximumRatio: Double? = nil
    ) {
        self.minimumArea = minimumArea
        self.maximumArea = maximumArea
        self.minimumRatio = minimumRatio
        self.maximumRatio = maximumRatio
    }

    /// Whether a box is within the limits.
    func accepts(_ box: BoundingBox) -> Bool {
        guard box.area >= minimumArea ?? 0, box.area <= maximumArea ?? .infinity else { return false }
        guard minimumRatio != nil || maximumRatio != nil else { return true }
        let ratio = box.height > 0 ? box.width / box.height : .infinity
        return ratio >= minimumRatio ?? 0 && ratio <= maximumRatio ?? .infinity
    }
}
