import Glibc
import MobileNet

/// Weights of any origin as a model of ours.
enum ImportedModel {
    /// - Throws: ``FileError``.
    static func read(_ path: String) throws -> Model {
        let bytes = try Files.read(path)
        let imported: CheckpointImport.Result
        do {
            imported = try CheckpointImport.read(bytes, as: nil)
        } catch {
            throw FileError(path: path, kind: .malformed, reason: "\(error)")
        }
        return Model(
            name: imported.architecture.rawValue, network: .architecture(imported.architecture, resolution: 224),
            labels: .imageNet, normalization: imported.architecture.inputNormalization,
            source: path.split(separator: "/").last.map(String.init) ?? path, licence: "", weights: imported.weights)
    }

    /// What was made, in a line.
    static func description(of model: Model, at path: String) throws -> String {
        "\(path): \(model.network.name), \(millions(try model.graph().learnedParameterCount)) parameters, "
            + count(model.labels.names.count, "class", "classes")
    }
}
