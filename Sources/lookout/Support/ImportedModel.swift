import Glibc
import MobileNet

/// Weights of any origin as a model of ours.
enum ImportedModel {
    /// - Throws: ``FileError``.
    static func read(_ path: String) throws -> Model {
        let bytes = try Files.read(path)
        let file = path.split(separator: "/").last.map(String.init) ?? path
        do {
            return try CheckpointImport.read(bytes, as: nil, file: file).model(labels: .imageNet, source: file)
        } catch {
            throw FileError(path: path, kind: .malformed, reason: "\(error)")
        }
    }

    /// What was made, in a line.
    static func description(of model: Model, at path: String) throws -> String {
        "\(path): \(model.network.name), \(millions(try model.graph().learnedParameterCount)) parameters, "
            + count(model.labels.names.count, "class", "classes")
    }
}
