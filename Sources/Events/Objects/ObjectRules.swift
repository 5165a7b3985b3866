import Basics

/// Rules of objects, prepared for fast access by class.
struct ObjectRules: Sendable {
    let settings: ObjectSettings
    private let targets: [Int: LabelTarget]

    init(_ settings: ObjectSettings) {
        self.settings = settings
        targets = Dictionary(
            settings.targets.flatMap { target in target.classes.map { ($0, target) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// Whether objects to which the detector gives a label may be reported.
    func isWanted(_ label: Int) -> Bool {
        let outcomes = settings.classification?.outcomes(of: label) ?? [label]
        return outcomes.contains { targets[$0] != nil }
    }

    /// Whether an object is reported: its label is wanted, and its size is in the limits.
    func reports(_ track: Track) -> Bool { targets[track.label] != nil && accepts(track) }

    /// Whether an object is reported, or would be with another label.
    func mayReport(_ track: Track) -> Bool { isWanted(track.label) && accepts(track) }

    private func accepts(_ track: Track) -> Bool { settings.sizes[track.label]?.accepts(track.box) ?? true }

    /// Whether an object with that box is behind a mask. It counts as not detected.
    func masks(_ box: BoundingBox) -> Bool {
        guard !settings.masks.isEmpty else { return false }
        let place = ObjectAnchor.bottom.point(of: box)
        return settings.masks.contains { $0.contains(x: place.x, y: place.y) }
    }

    /// Score that an object must reach once.
    func enterThreshold(of label: Int) -> Double { targets[label]?.thresholds.enter ?? 1 }

    /// Period of `update` records; `nil` for none.
    func updatePeriod(of label: Int) -> Double? { targets[label]?.thresholds.update }

    /// Group of a class; `nil` if it is in none.
    func group(of label: Int) -> String? { targets[label]?.group }
}
