import ArgumentParser
import Events
import FoundationEssentials
import MobileNet

/// What counts as seen.
struct DecisionOptions: ParsableArguments {
    @Option(help: "The score at which a label begins, from 0 to 1.")
    var enter = Thresholds().enter

    @Option(help: "The score below which a label ends (default: three fifths of --enter).")
    var leave: Double?

    @Option(help: "Seconds for which the score has to stay that high before a label counts as seen.")
    var hold = Thresholds().hold

    @Option(help: "Seconds for which the score has to stay that low before a label counts as gone.")
    var gone = Thresholds().gone

    @Option(help: "Seconds after which a label that stays is mentioned again (default: never).")
    var update: Double?

    @Option(help: "Look only for these labels and groups, separated by commas.")
    var labels: [String] = []

    @Option(help: "Do not look for these labels and groups, separated by commas.")
    var ignore: [String] = []

    @Option(help: "Labels that count as one: a file like Config/groups.json.")
    var groups: String?

    /// The files that are read.
    var files: [String] { groups.map { [$0] } ?? [] }

    private var thresholds: Thresholds {
        Thresholds(enter: enter, leave: leave ?? 0.6 * enter, hold: hold, gone: gone, update: update)
    }

    func check() throws {
        if let problem = thresholds.problem { throw ValidationError(problem) }
        // As when a variable of a script is empty: nothing is not everything.
        if !labels.isEmpty, names(labels).isEmpty { throw ValidationError("--labels names no label.") }
    }

    /// What is looked for.
    ///
    /// - Parameter labels: the names of the network's classes.
    /// - Throws: ``FileError`` if the file with groups cannot be used, ``UnknownLabel``.
    func subjects(for labels: [String]) throws -> [Subject] {
        var rules = SubjectRules()
        rules.thresholds = thresholds
        if let groups {
            rules.groups = try readGroups(groups)
            do {
                _ = try rules.subjects(for: labels)
            } catch {
                throw FileError(path: groups, kind: .malformed, reason: "\(error)")
            }
        }
        rules.allowed = names(self.labels)
        rules.ignored = names(ignore)
        return try rules.subjects(for: labels)
    }

    private func names(_ lists: [String]) -> [String] {
        lists.flatMap { $0.split(separator: ",") }.map { name in
            let start = name.drop(while: \.isWhitespace)
            return String(start.reversed().drop(while: \.isWhitespace).reversed())
        }.filter { !$0.isEmpty }
    }

    private func readGroups(_ path: String) throws(FileError) -> [String: [String]] {
        let bytes = try Files.read(path)
        do {
            return try JSONDecoder().decode([String: [String]].self, from: Data(bytes))
        } catch {
            throw FileError(
                path: path, kind: .malformed,
                reason: "not a JSON object of the form {\"cat\": [\"tabby\", \"Persian cat\"]}")
        }
    }
}
