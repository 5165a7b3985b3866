import ArgumentParser
import Capture
import Events
import Glibc
import Watch

/// Which parts of the pictures are looked at.
struct RegionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A part of the picture to look at instead of all of it; may be given again.",
            discussion: """
                A name, and the left edge, the upper edge, the width and the height, in parts of the picture \
                from 0 to 1: door=0.1,0.2,0.3,0.4. Or tiles: tiles=3x2, or tiles=3x2,0.1 if they overlap by a \
                tenth. For one source of several, its name stands in front: front:door=0.1,0.2,0.3,0.4. Behind \
                a semicolon a region can have labels and thresholds of its own: \
                'door=0.1,0.2,0.3,0.4;labels=cat,dog;enter=0.5' (labels, ignore, enter, leave, hold, gone).
                """,
            valueName: "region"))
    var region: [String] = []

    /// What is looked at of one source's pictures.
    ///
    /// - Parameters:
    ///   - source: its name.
    ///   - decision: what is looked for where a region does not say otherwise.
    ///   - labels: the names of the network's classes.
    /// - Throws: ``Failure`` for a text that describes no region, ``FileError``, ``UnknownLabel``.
    func regions(of source: String, _ decision: DecisionOptions, labels: [String]) throws -> [LiveRegion] {
        var found: [LiveRegion] = []
        for rule in try region.map(RegionRule.init) where rule.scope.includes(source) {
            let subjects = try rule.applied(to: decision).subjects(for: labels)
            for region in rule.regions {
                guard !found.contains(where: { $0.region.name == region.name }) else {
                    throw Failure(
                        status: EX_USAGE, "--region: \(source) has two regions with the name \(region.name)")
                }
                found.append(LiveRegion(region, subjects: subjects))
            }
        }
        return found.isEmpty ? [LiveRegion(.full, subjects: try decision.subjects(for: labels))] : found
    }

    /// - Throws: ``Failure`` for a text that describes no region, or one of a source that is not there.
    func check(sources: [String]) throws(Failure) {
        for text in region { try RegionRule(text).scope.check("--region", sources: sources) }
    }
}

/// What one `--region` says.
private struct RegionRule {
    let scope: SourceScope
    let regions: [Region]
    private let settings: [(key: String, value: String)]

    init(_ text: String) throws(Failure) {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false)
        scope = SourceScope(String(parts[0]))
        do {
            regions = try RegionParser.regions(scope.value)
        } catch {
            throw Failure(status: EX_USAGE, "--region: \(error)")
        }
        settings = parts.dropFirst().map { part in
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(pair[0]), pair.count > 1 ? String(pair[1]) : "")
        }
    }

    /// What is looked for in these regions.
    func applied(to decision: DecisionOptions) throws -> DecisionOptions {
        var decision = decision
        for (key, value) in settings {
            switch key {
            case "labels": decision.labels = [value]
            case "ignore": decision.ignore = [value]
            case "enter": decision.enter = try number(value, key)
            case "leave": decision.leave = try number(value, key)
            case "hold": decision.hold = try number(value, key)
            case "gone": decision.gone = try number(value, key)
            default: throw failure("\"\(key)\" is not one of labels, ignore, enter, leave, hold, gone")
            }
        }
        do {
            try decision.check()
        } catch {
            throw failure("\(error)")
        }
        return decision
    }

    private func number(_ text: String, _ key: String) throws(Failure) -> Double {
        guard let number = Double(text) else { throw failure("\(key) is a number, not \"\(text)\"") }
        return number
    }

    private func failure(_ reason: String) -> Failure {
        Failure(status: EX_USAGE, "--region: \(regions.first?.name ?? ""): \(reason)")
    }
}
