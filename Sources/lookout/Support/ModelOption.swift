import ArgumentParser
import MobileNet

/// The choice of a network.
struct ModelOption: ParsableArguments {
    @Option(name: .shortAndLong, help: "The model: a name (see `lookout model list`) or a path.")
    var model = "efficientnet-lite0"

    /// A network that is ready to run, and what there is to know of it. Its weights as they were in the
    /// file are not kept.
    struct Loaded {
        let name: String
        let path: String
        let labels: [String]
        let plan: Plan
    }

    /// Reads the model and makes it ready to run.
    ///
    /// - Throws: ``FileError``, ``InstructionSetError``.
    func load() throws -> Loaded {
        let instructionSet = try Surroundings.instructionSet()
        let path = try Surroundings.models().path(of: model)
        let model = try Model.read(path)
        do {
            return Loaded(name: model.name, path: path, labels: model.labels.names, plan: try model.plan(for: instructionSet))
        } catch {
            throw FileError(path: path, kind: .malformed, reason: "\(error)")
        }
    }
}
