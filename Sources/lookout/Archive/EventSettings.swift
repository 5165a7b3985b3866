import Archive
import Basics
import Events
import Glibc
import Watch

/// Settings by which events are made of samples: those that a project folder has stored, with changes.
struct EventSettings {
    var detection = DetectionSettings()
    var groups: [String: [String]] = [:]
    var objects = ObjectOptions()

    /// Settings without any that were stored.
    init() {}

    /// Reads the settings of a project folder.
    ///
    /// - Throws: ``Failure`` if they are of another version of this program.
    init(_ stored: ArchiveSettings) throws(Failure) {
        for value in stored.values where Self.keys.contains(value.key) && !value.value.isEmpty {
            try set(value.key, value.value)
        }
        groups = stored["groups"].first.flatMap(LabelGroups.parse) ?? [:]
        var shapes = ShapeOptions()
        (shapes.zone, shapes.line, shapes.objectMask) = (stored["zone"], stored["line"], stored["object_mask"])
        objects = try shapes.options(for: nil)
    }

    /// Settings that ``set(_:_:)`` changes: those of the configuration.
    static let keys = [
        "enter", "leave", "hold", "clear_after", "min_gap", "max_length", "update", "stationary_after", "labels",
        "ignore",
    ]

    /// Returns settings of detection as a project folder stores them.
    ///
    /// - Parameter groups: label groups; `nil` for none.
    static func values(_ settings: DetectionSettings, groups: [String: [String]]?) -> [ArchiveSettings.Value] {
        func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
        return [
            ArchiveSettings.Value("enter", text(settings.enter)),
            ArchiveSettings.Value("leave", text(settings.leave)),
            ArchiveSettings.Value("hold", text(settings.holdTime)),
            ArchiveSettings.Value("clear_after", text(settings.clearDelay)),
            ArchiveSettings.Value("min_gap", text(settings.minimumGap)),
            ArchiveSettings.Value("max_length", text(settings.maximumLength)),
            ArchiveSettings.Value("update", text(settings.update)),
            ArchiveSettings.Value("labels", settings.labels.joined(separator: ",")),
            ArchiveSettings.Value("ignore", settings.ignore.joined(separator: ",")),
            ArchiveSettings.Value("groups", groups.map(LabelGroups.text) ?? ""),
        ]
    }

    /// Returns stored settings with these ones in their places.
    ///
    /// - Parameter shapes: zones, lines and masks that replace the stored ones, if there are any.
    func stored(in other: ArchiveSettings, _ shapes: ShapeOptions) -> ArchiveSettings {
        var result = other
        for value in Self.values(detection, groups: groups.isEmpty ? nil : groups) {
            result = result.replacing(value.key, with: [value.value])
        }
        if objects.stationaryAfter != ObjectOptions().stationaryAfter {
            result = result.replacing("stationary_after", with: ["\(objects.stationaryAfter)"])
        }
        for (key, texts) in [("zone", shapes.zone), ("line", shapes.line), ("object_mask", shapes.objectMask)]
        where !texts.isEmpty {
            result = result.replacing(key, with: texts)
        }
        return result
    }

    /// Changes a setting.
    ///
    /// - Throws: ``Failure`` for an unknown setting or an invalid value.
    mutating func set(_ key: String, _ value: String) throws(Failure) {
        switch key {
        case "enter": detection.enter = try Self.score(key, value)
        case "leave": detection.leave = try Self.score(key, value)
        case "hold": detection.holdTime = try Self.seconds(key, value)
        case "clear_after": detection.clearDelay = try Self.seconds(key, value)
        case "min_gap": detection.minimumGap = try Self.seconds(key, value)
        case "max_length": detection.maximumLength = try Self.seconds(key, value)
        case "update": detection.update = try Self.seconds(key, value)
        case "stationary_after": objects.stationaryAfter = try Self.seconds(key, value)
        case "labels": detection.labels = DetectionOptions.names([value])
        case "ignore": detection.ignore = DetectionOptions.names([value])
        default:
            throw Failure(
                status: EX_USAGE,
                "--set: there is no setting \"\(key)\"; there are \(Self.keys.joined(separator: ", "))")
        }
    }

    /// Checks the thresholds, which depend on each other.
    ///
    /// - Throws: ``Failure``.
    func check() throws(Failure) {
        if let problem = detection.thresholds.problem { throw Failure(status: EX_USAGE, "--set: \(problem)") }
    }

    private static func score(_ key: String, _ text: String) throws(Failure) -> Double {
        guard let score = Double(text), (0...1).contains(score) else {
            throw Failure(status: EX_USAGE, "--set \(key): \"\(text)\" is not a score from 0 to 1")
        }
        return score
    }

    private static func seconds(_ key: String, _ text: String) throws(Failure) -> Double {
        guard let seconds = try? Seconds.parse(text) else {
            throw Failure(
                status: EX_USAGE, "--set \(key): \"\(text)\" is not a duration, as 2, 500ms or 10s")
        }
        return seconds
    }

    /// Resolves the rules for the model of some samples.
    ///
    /// - Throws: ``LabelTargetError``.
    func rules(for model: ModelTraits) throws(LabelTargetError) -> RegionRules {
        var options = SourceOptions()
        options.detection = detection
        options.objects = objects
        return try options.settings(for: model).regions[0].rules
    }
}

/// Values of one or more settings, as `enter=0.3,0.4,0.5`.
struct SettingValues {
    let key: String
    let values: [String]

    /// - Throws: ``Failure``.
    init(_ text: String) throws(Failure) {
        guard let separator = text.firstIndex(of: "="), separator > text.startIndex else {
            throw Failure(status: EX_USAGE, "--set: \"\(text)\" is not written as enter=0.5 or enter=0.3,0.4,0.5")
        }
        key = String(text[..<separator].map { $0 == "-" ? "_" : $0 })
        let value = String(text[text.index(after: separator)...])
        // A list of labels is one value.
        let isList = key == "labels" || key == "ignore"
        values = isList ? [value] : DetectionOptions.names([value])
        if values.isEmpty { throw Failure(status: EX_USAGE, "--set \(key): there is no value") }
    }

    /// Most combinations of a sweep.
    private static let mostCombinations = 10_000

    /// Returns all combinations of values: the last setting changes fastest.
    ///
    /// - Throws: ``Failure`` for more combinations than are of use.
    static func combinations(_ settings: [SettingValues]) throws(Failure) -> [[(key: String, value: String)]] {
        var result: [[(key: String, value: String)]] = [[]]
        for setting in settings {
            guard result.count * setting.values.count <= mostCombinations else {
                throw Failure(status: EX_USAGE, "--set: there are more than \(mostCombinations) combinations of values")
            }
            result = result.flatMap { start in setting.values.map { start + [(setting.key, $0)] } }
        }
        return result
    }
}
