import Events
import MobileNet
import Watch

extension ConfigurationFile {
    /// What is wrong with the labels that the configuration names, now that the model is known.
    ///
    /// - Parameter labels: the names of the network's classes.
    public func problems(labels: [String]) -> [ConfigurationProblem] {
        do {
            return problems(labels: labels, groups: try configuration.groups.read(labels: labels))
        } catch {
            let place = places["groups"] ?? Place(line: 1, column: 1)
            return [ConfigurationProblem(file: path, place: place, severity: .error, text: "\(error)")]
        }
    }

    /// - Parameters:
    ///   - labels: the names of the network's classes.
    ///   - groups: labels by the name of their group.
    func problems(labels: [String], groups: [String: [String]]) -> [ConfigurationProblem] {
        let known = Set(labels.map { $0.lowercased() })
        let names = known.union(groups.keys.map { $0.lowercased() })
        return self.labels.compactMap { mention in
            let candidates = mention.isMember ? known : names
            guard !candidates.contains(mention.name.lowercased()) else { return nil }
            let nearest = nearestNames(to: mention.name.lowercased(), among: candidates).map(ShownText.quoted)
            let text = "there is no label \(mention.isMember ? "" : "or group ")\(ShownText.quoted(mention.name))"
                + (nearest.isEmpty ? "" : "; did you mean \(nearest.joined(separator: ", "))?")
            return ConfigurationProblem(file: path, place: mention.place, severity: .error, text: text)
        }
    }
}

extension Configuration.Groups {
    /// Labels by the name of their group.
    ///
    /// - Parameter labels: the names of the network's classes.
    /// - Throws: ``FileError`` if they stand in a file that cannot be used.
    public func read(labels: [String]) throws(FileError) -> [String: [String]] {
        switch self {
        case .none: [:]
        case .file(let path): try LabelGroups.read(path, labels: labels)
        case .listed(let groups): groups
        }
    }
}
