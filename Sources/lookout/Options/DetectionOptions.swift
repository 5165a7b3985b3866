import ArgumentParser
import Events
import MobileNet
import Watch

/// Options of event detection: thresholds, target labels and groups.
struct DetectionOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: "Score at which an event starts, from 0 to 1 (default: 0.4 for labels, 0.5 for objects).")
    var enter: Double?

    @Option(parsing: .unconditional, help: "Score below which the event ends (default: three fifths of --enter).")
    var leave: Double?

    @Option(
        parsing: .unconditional,
        help: """
            Start an event when the score has been at --enter or above for this long. \
            \(Seconds.duration(default: Thresholds().holdTime))
            """,
        transform: Seconds.parse)
    var hold = Thresholds().holdTime

    @Option(
        parsing: .unconditional,
        help: """
            End the event when the score has been below --leave for this long. \
            \(Seconds.duration(default: Thresholds().clearDelay))
            """,
        transform: Seconds.parse)
    var clearAfter = Thresholds().clearDelay

    /// Old spelling of ``clearAfter``.
    @Option(parsing: .unconditional, help: .hidden, transform: Seconds.parse)
    var gone: Double?

    @Option(
        parsing: .unconditional,
        help: """
            Minimum time between the end of an event and the start of the next one of the same label. \
            \(Seconds.duration(default: Thresholds().minimumGap))
            """,
        transform: Seconds.parse)
    var minGap = Thresholds().minimumGap

    @Option(
        parsing: .unconditional,
        help: "End an event at this length; if its label stays, another starts. Duration (default: no limit).",
        transform: Seconds.parse)
    var maxLength: Double?

    @Option(
        parsing: .unconditional,
        help: "Interval of the update records of an open event. Duration (default: no update records).",
        transform: Seconds.parse)
    var update: Double?

    @Option(
        help: "Detect these labels and groups only, separated by commas (default: all).",
        completion: Completion.labels)
    var labels: [String] = []

    @Option(help: "Ignore these labels and groups, separated by commas.", completion: Completion.labels)
    var ignore: [String] = []

    @Option(
        help:
            "YAML file of label groups, as Config/groups/imagenet.yaml. An event of a group starts with any of its labels.",
        completion: .file(extensions: ["json"]))
    var groups: String?

    /// Files that are read.
    var files: [String] { groups.map { [$0] } ?? [] }

    /// Detection settings of all sources and regions without their own.
    var settings: DetectionSettings {
        var settings = DetectionSettings()
        settings.enter = enter
        settings.leave = leave
        settings.holdTime = hold
        settings.clearDelay = gone ?? clearAfter
        settings.minimumGap = minGap
        settings.maximumLength = maxLength
        settings.update = update
        settings.labels = Self.names(labels)
        settings.ignore = Self.names(ignore)
        return settings
    }

    /// Checks the options, and warns of old spellings.
    ///
    /// - Throws: `ValidationError`.
    func check() throws {
        if gone != nil { Terminal.warnOfRenaming("--gone", to: "--clear-after") }
        if let problem = settings.thresholds.problem { throw ValidationError(problem) }
        // An empty variable of a script must not select all labels.
        if !labels.isEmpty, Self.names(labels).isEmpty { throw ValidationError("--labels names no label.") }
    }

    /// Resolves the target labels for a network.
    ///
    /// - Parameter labels: names of the network's classes.
    /// - Throws: ``FileError`` if the file of groups cannot be used, ``LabelTargetError``.
    func targets(for labels: [String]) throws -> [LabelTarget] {
        try settings.targets(for: labels, groups: try readGroups(labels: labels))
    }

    /// Reads the groups, and warns of labels that the network does not have.
    ///
    /// - Parameter labels: names of the network's classes.
    /// - Throws: ``FileError`` if the file of groups cannot be used.
    func readGroups(labels: [String]) throws(FileError) -> [String: [String]] {
        guard let path = groups else { return [:] }
        let groups = try LabelGroups.read(path, labels: labels)
        if let lacking = MissingLabels(groups, in: LabelNames(labels)) {
            Terminal.complain("warning: \(path): \(lacking)")
        }
        return groups
    }

    /// Splits lists at commas, and trims the names.
    static func names(_ lists: [String]) -> [String] {
        lists.flatMap { $0.split(separator: ",") }.map { name in
            let start = name.drop(while: \.isWhitespace)
            return String(start.reversed().drop(while: \.isWhitespace).reversed())
        }.filter { !$0.isEmpty }
    }
}
