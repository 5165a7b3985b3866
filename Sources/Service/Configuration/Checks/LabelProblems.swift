import Basics
import Capture
import Events
import MobileNet
import Watch

extension ConfigurationFile {
    /// Checks the labels that the configuration names against a model.
    ///
    /// - Parameters:
    ///   - labels: the names of the model's classes.
    ///   - task: what the model finds.
    package func problems(labels: [String], task: ModelTask = .classification) -> [ConfigurationProblem] {
        do {
            return problems(labels: labels, task: task, groups: try configuration.groups.read(labels: labels))
        } catch {
            return [problem("groups", "\(error)")]
        }
    }

    /// - Parameters:
    ///   - labels: the names of the model's classes.
    ///   - task: what the model finds.
    ///   - groups: labels by the name of their group.
    func problems(labels: [String], task: ModelTask, groups: [String: [String]]) -> [ConfigurationProblem] {
        let names = LabelNames(labels)
        let unknown = unknownNames(names, groups: groups)
        // The size of the input is of no concern to labels.
        let model = ModelTraits(task: task, labels: labels, groups: groups, input: PixelSize(width: 1, height: 1))
        return missingLabels(names, groups: groups) + snapshotProblems(task)
            + (unknown.isEmpty ? labelTargetProblems(model) : unknown)
    }

    /// Warns of images of objects with a model that detects none.
    private func snapshotProblems(_ task: ModelTask) -> [ConfigurationProblem] {
        guard task != .detection, configuration.snapshots != nil else { return [] }
        let place = places["snapshots"] ?? Place(line: 1, column: 1)
        let text = "\"snapshots\": there are none, because the model detects no objects"
        return [ConfigurationProblem(file: path, place: place, severity: .warning, text: text)]
    }

    /// Warns of group members that the model does not have, once: groups are written for several models.
    private func missingLabels(_ names: LabelNames, groups: [String: [String]]) -> [ConfigurationProblem] {
        guard let lacking = MissingLabels(groups, in: names) else { return [] }
        let first = self.labels.first { $0.isMember && !names.contains($0.name) }?.place
        let place = first ?? places["groups"] ?? Place(line: 1, column: 1)
        return [ConfigurationProblem(file: path, place: place, severity: .warning, text: "\(lacking)")]
    }

    /// Finds names that are neither a label nor a group.
    private func unknownNames(_ names: LabelNames, groups: [String: [String]]) -> [ConfigurationProblem] {
        let groupNames = groups.keys.map { $0.lowercased() }
        return self.labels.compactMap { mention in
            guard !mention.isMember, !names.contains(mention.name), !groupNames.contains(mention.name.lowercased())
            else { return nil }
            let nearest = names.nearest(to: mention.name, or: groupNames).map(ShownText.quoted)
            let text =
                "there is no label or group \(ShownText.quoted(mention.name))"
                + (nearest.isEmpty ? "" : "; did you mean \(nearest.joined(separator: ", "))?")
            return ConfigurationProblem(file: path, place: mention.place, severity: .error, text: text)
        }
    }

    /// Returns the keys that may be the cause of an error, the most likely first.
    private static func keys(_ error: LabelTargetError) -> [String] {
        switch error {
        case .objectsNeedDetector: ["zones", "lines", "object_masks", "address"]
        case .regionsNeedClassifier: ["regions", "tiles", "address"]
        default: ["ignore", "labels", "regions", "address"]
        }
    }

    /// Finds labels in two groups, and sources without target labels.
    private func labelTargetProblems(_ model: ModelTraits) -> [ConfigurationProblem] {
        var problems: [ConfigurationProblem] = []
        func check(_ key: String, _ options: SourceOptions) -> Bool {
            do {
                _ = try options.settings(for: model)
                return true
            } catch .inTwoGroups {
                return false  // reported once, for the groups
            } catch {
                let keys = Self.keys(error).map { "\(key).\($0)" }
                problems.append(problem(keys.first { places[$0] != nil } ?? key, "\(error)"))
                return false
            }
        }
        do {
            _ = try DetectionSettings().targets(for: model.labels, groups: model.groups)
        } catch {
            return [problem("groups", "\(error)")]
        }
        // A problem of the defaults would be repeated for every source that does not change them.
        guard check("defaults", configuration.defaults) else { return problems }
        for source in configuration.sources { _ = check("sources.\(source.name)", source.options) }
        return problems
    }
}

extension Configuration.Groups {
    /// Returns labels by the name of their group.
    ///
    /// - Parameter labels: the names of the model's classes.
    /// - Throws: ``FileError`` if the file of groups cannot be used.
    package func read(labels: [String]) throws(FileError) -> [String: [String]] {
        switch self {
        case .none: [:]
        case .file(let path): try LabelGroups.read(path, labels: labels)
        case .listed(let groups): groups
        }
    }
}
