import Basics
import Events

/// Zones, lines and masks of objects, as configured, before a model is known. They apply to models that detect
/// objects.
package struct ObjectOptions: Equatable, Sendable {
    package var zones: [Zone] = []
    package var lines: [CountingLine] = []
    /// Areas in which no object is reported.
    package var masks: [Polygon] = []
    /// Seconds for which an object must stay at its place to be stationary.
    package var stationaryAfter = 10.0

    package init() {}

    /// Score at which an object is reported, if none is configured. A detector scores a box by itself, so that 0.5 is the
    /// usual threshold; the scores of a classifier share a sum of 1.
    package static let usualEnter = 0.5

    /// Whether there is anything that only a detector can use.
    package var isEmpty: Bool { self == ObjectOptions() }

    /// Resolves the options for a model.
    ///
    /// - Parameter detection: target labels and thresholds.
    /// - Throws: ``LabelTargetError``.
    func settings(
        _ detection: DetectionSettings, for model: ModelTraits
    ) throws(LabelTargetError) -> ObjectSettings {
        var detection = detection
        detection.enter = detection.enter ?? Self.usualEnter
        var settings = ObjectSettings(targets: try detection.targets(for: model.labels, groups: model.groups))
        settings.classification = model.classification
        settings.masks = masks
        settings.stationaryAfter = stationaryAfter
        settings.tracking.confirmationTime = detection.holdTime
        settings.tracking.missTime = detection.clearDelay
        for zone in zones {
            var zone = zone
            zone.classes = try classes(zone.labels, model)
            settings.zones.append(zone)
        }
        for line in lines {
            var line = line
            line.classes = try classes(line.labels, model)
            settings.lines.append(line)
        }
        for (name, changes) in detection.overrides.sorted(by: { $0.key < $1.key }) where changes.size != SizeFilter() {
            for label in try classes([name], model) ?? [] { settings.sizes[label] = changes.size }
        }
        return settings
    }

    /// Returns the classes of labels and groups; `nil` for all.
    private func classes(_ names: [String], _ model: ModelTraits) throws(LabelTargetError) -> Set<Int>? {
        guard !names.isEmpty else { return nil }
        var rules = LabelTargetRules()
        rules.groups = model.groups
        rules.allowed = names
        return Set(try rules.targets(for: model.labels).flatMap(\.classes))
    }
}

extension RegionRules {
    /// Longest time after which something that is no longer there ends, in seconds.
    var clearDelay: Double {
        switch self {
        case .labels(let targets): targets.map(\.thresholds.clearDelay).max() ?? 0
        case .objects(let settings): max(settings.tracking.missTime, settings.tracking.settledMissTime)
        }
    }
}
