import ArgumentParser
import Capture
import Glibc
import Watch

/// Which parts of the frames are looked at.
struct RegionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A part of the frame to look at instead of all of it; may be given again.",
            discussion: """
                A name, and the left edge, the upper edge, the width and the height, in parts of the frame \
                from 0 to 1: door=0.1,0.2,0.3,0.4. Or tiles: tiles=3x2, or tiles=3x2,0.1 if they overlap by a \
                tenth. For one source of several, its name stands in front: front:door=0.1,0.2,0.3,0.4. Behind \
                a semicolon a region can have labels and thresholds of its own: \
                'door=0.1,0.2,0.3,0.4;labels=cat,dog;enter=0.5' (labels, ignore, enter, leave, hold, gone).
                """,
            valueName: "region"))
    var region: [String] = []

    /// What is looked at of one source's frames.
    ///
    /// - Parameters:
    ///   - source: its name.
    ///   - decision: what is looked for where a region does not say otherwise.
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

    /// - Throws: ``Failure`` for a text that describes no region, or one of a source that is not there.
    func check(sources: [String]) throws(Failure) {
        for text in region { try RegionText(text).scope.check("--region", sources: sources) }
    }
}

/// What one `--region` says.
private struct RegionText {
    let scope: SourceScope
    private let area: RegionArea
    private let settings: [(key: String, value: String)]

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

    /// The rule, if it makes sense together with what is said elsewhere.
    func rule(_ detection: DetectionSettings) throws(Failure) -> RegionRule {
        var rule = RegionRule(area)
        for (key, value) in settings {
            switch key {
            case "labels": rule.labels = DetectionOptions.names([value])
            case "ignore": rule.ignore = DetectionOptions.names([value])
            case "enter": rule.changes.enter = try number(value, key)
            case "leave": rule.changes.leave = try number(value, key)
            case "hold": rule.changes.holdTime = try seconds(value, key)
            case "gone": rule.changes.clearDelay = try seconds(value, key)
            default: throw failure("\"\(key)\" is not one of labels, ignore, enter, leave, hold, gone")
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
