import Basics
import Events
import FoundationEssentials

/// Files that say which labels count as one, like Config/groups.json.
package enum LabelGroups {
    /// - Parameter path: a JSON object: labels by the name of their group.
    /// - Throws: ``FileError``.
    package static func read(_ path: String) throws(FileError) -> [String: [String]] {
        let bytes = try Files.read(path, atMost: Files.largestText)
        do {
            return try JSONDecoder().decode([String: [String]].self, from: Data(bytes))
        } catch {
            throw FileError(
                path: path, kind: .malformed,
                reason: "not a JSON object of the form {\"cat\": [\"tabby\", \"Persian cat\"]}")
        }
    }

    /// - Parameters:
    ///   - path: as above.
    ///   - labels: the names of the network's classes. Those that it does not have are found by ``LackingLabels``.
    /// - Throws: ``FileError``, also for a label that is in two groups.
    package static func read(_ path: String, labels: [String]) throws(FileError) -> [String: [String]] {
        let groups = try read(path)
        do {
            _ = try DetectionSettings().targets(for: labels, groups: groups)
        } catch {
            throw FileError(path: path, kind: .malformed, reason: "\(error)")
        }
        return groups
    }
}
