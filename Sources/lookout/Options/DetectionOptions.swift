import ArgumentParser
import Events
import MobileNet
import Watch

/// What counts as seen.
struct DetectionOptions: ParsableArguments {
    @Option(help: "The score at which a label begins, from 0 to 1.")
    var enter = Thresholds().enter

    @Option(help: "The score below which a label ends (default: three fifths of --enter).")
    var leave: Double?

    @Option(
        help: "Seconds for which the score has to stay that high before a label counts as seen.",
        transform: Seconds.parse)
    var hold = Thresholds().holdTime

    @Option(
        help: "Seconds for which the score has to stay that low before a label counts as gone.",
        transform: Seconds.parse)
    var gone = Thresholds().clearDelay

    @Option(
        help: "Seconds after which a label that stays is mentioned again (default: never).", transform: Seconds.parse)
    var update: Double?

    @Option(help: "Look only for these labels and groups, separated by commas.", completion: Completion.labels)
    var labels: [String] = []

    @Option(help: "Do not look for these labels and groups, separated by commas.", completion: Completion.labels)
    var ignore: [String] = []

    @Option(help: "Labels that count as one: a file like Config/groups.json.", completion: .file(extensions: ["json"]))
    var groups: String?

    /// The files that are read.
    var files: [String] { groups.map { [$0] } ?? [] }

    /// What is looked for, where nothing else is said.
    var rules: DetectionSettings {
        var rules = DetectionSettings()
        rules.enter = enter
        rules.leave = leave
        rules.holdTime = hold
        rules.clearDelay = gone
        rules.update = update
        rules.labels = Self.names(labels)
        rules.ignore = Self.names(ignore)
        return rules
    }

    func check() throws {
        if let problem = rules.thresholds.problem { throw ValidationError(problem) }
        // As when a variable of a script is empty: nothing is not everything.
        if !labels.isEmpty, Self.names(labels).isEmpty { throw ValidationError("--labels names no label.") }
    }

    /// What is looked for.
    ///
    /// - Parameter labels: the names of the network's classes.
    /// - Throws: ``FileError`` if the file with groups cannot be used, ``SubjectError``.
    func targets(for labels: [String]) throws -> [LabelTarget] {
        try rules.targets(for: labels, groups: try readGroups(labels: labels))
    }

    /// Reads the groups, and says which of their labels the network does not have.
    ///
    /// - Parameter labels: the names of the network's classes.
    /// - Throws: ``FileError`` if the file with groups cannot be used.
    func readGroups(labels: [String]) throws(FileError) -> [String: [String]] {
        guard let path = groups else { return [:] }
        let groups = try LabelGroups.read(path, labels: labels)
        if let lacking = MissingLabels(groups, in: LabelNames(labels)) {
            Terminal.complain("warning: \(path): \(lacking)")
        }
        return groups
    }

    /// What stands between commas.
    static func names(_ lists: [String]) -> [String] {
        lists.flatMap { $0.split(separator: ",") }.map { name in
            let start = name.drop(while: \.isWhitespace)
            return String(start.reversed().drop(while: \.isWhitespace).reversed())
        }.filter { !$0.isEmpty }
    }
}
