import ArgumentParser
import Capture
import Glibc
import Watch

/// Options of the regions to classify.
struct RegionOptions: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Region to classify instead of the whole frame; repeatable.",
            discussion: """
                NAME=X,Y,WIDTH,HEIGHT in normalized coordinates (0–1), from the top left corner: \
                door=0.1,0.2,0.3,0.4. Or a grid of tiles: tiles=3x2, or tiles=3x2,0.1 with an overlap of one tenth. \
                For one of several sources, start with its name: front:door=0.1,0.2,0.3,0.4. After a semicolon, a \
                region can have labels and thresholds of its own: 'door=0.1,0.2,0.3,0.4;labels=cat,dog;enter=0.5' \
                (keys: \(RegionText.keys)).
                """,
            valueName: "region"))
    var region: [String] = []

    /// Returns the regions of a source.
    ///
    /// - Parameters:
    ///   - source: its name.
    ///   - detection: settings of regions without their own.
    /// - Throws: ``Failure`` for a text that describes no region.
    func rules(for source: String, _ detection: DetectionSettings) throws(Failure) -> [RegionRule] {
        var found: [RegionRule] = []
        for text in try region.map(RegionText.init) where text.scope.includes(source) {
            let rule = try text.rule(detection)
            for region in rule.regions where found.flatMap(\.regions).contains(where: { $0.name == region.name }) {
                throw Failure(status: EX_USAGE, "--region: \(source) has two regions with the name \(region.name)")
            }
            found.append(rule)
        }
        return found
    }

    /// Checks the texts and the names of their sources.
    ///
    /// - Throws: ``Failure`` for a text that describes no region, or names an unknown source.
    func check(sources: [String]) throws(Failure) {
        for text in region { try RegionText(text).scope.check("--region", sources: sources) }
    }
}

/// Text of one `--region`.
private struct RegionText {
    let scope: SourceScope
    private let area: RegionArea
    private let settings: [(key: String, value: String)]

    /// All keys, for help and errors.
    static let keys = "labels, ignore, enter, leave, hold, clear_after, min_gap, max_length"

    init(_ text: String) throws(Failure) {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false)
        scope = SourceScope(String(parts[0]))
        do {
            area = try RegionParser.area(scope.value)
        } catch {
            throw Failure(status: EX_USAGE, "--region: \(error)")
        }
        settings = parts.dropFirst().map { part in
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(pair[0]), pair.count > 1 ? String(pair[1]) : "")
        }
    }

    /// Returns the rule, checked together with the settings of all regions.
    func rule(_ detection: DetectionSettings) throws(Failure) -> RegionRule {
        var rule = RegionRule(area)
        for (key, value) in settings {
            switch key {
            case "labels": rule.labels = DetectionOptions.names([value])
            case "ignore": rule.ignore = DetectionOptions.names([value])
            case "enter": rule.changes.enter = try number(value, key)
            case "leave": rule.changes.leave = try number(value, key)
            case "hold": rule.changes.holdTime = try seconds(value, key)
            case "clear_after": rule.changes.clearDelay = try seconds(value, key)
            case "gone":
                Terminal.warnOfRenaming("--region: gone", to: "clear_after")
                rule.changes.clearDelay = try seconds(value, key)
            case "min_gap": rule.changes.minimumGap = try seconds(value, key)
            case "max_length": rule.changes.maximumLength = try seconds(value, key)
            default: throw failure("\"\(key)\" is not one of \(Self.keys)")
            }
        }
        if let problem = rule.rules(from: detection).thresholds.problem { throw failure(problem) }
        if rule.labels?.isEmpty == true { throw failure("labels names no label") }
        return rule
    }

    private func number(_ text: String, _ key: String) throws(Failure) -> Double {
        guard let number = Double(text) else { throw failure("\(key) is a number, not \"\(text)\"") }
        return number
    }

    private func seconds(_ text: String, _ key: String) throws(Failure) -> Double {
        guard let seconds = try? Seconds.parse(text) else {
            throw failure("\(key) is a time, as 2, 500ms or 10s, not \"\(text)\"")
        }
        return seconds
    }

    private func failure(_ reason: String) -> Failure {
        Failure(status: EX_USAGE, "--region: \(area.regions.first?.name ?? ""): \(reason)")
    }
}
