import ArgumentParser
import MobileNet

/// The choice of a network.
struct ModelOption: ParsableArguments {
    @Option(name: .shortAndLong, help: "The model: a name (see `lookout model list`) or a path.")
    var model = "efficientnet-lite0"

    /// Reads the model and makes it ready to run.
    ///
    /// - Throws: ``FileError``, ``InstructionSetError`` and what ``Plan`` throws.
    func load() throws -> (model: Model, plan: Plan) {
        let path = try Surroundings.models().path(of: model)
        let loaded = try Model.read(path)
        do {
            return (loaded, try loaded.plan(for: Surroundings.instructionSet()))
        } catch let error as InstructionSetError {
            throw error
        } catch {
            throw FileError(path: path, kind: .malformed, reason: "\(error)")
        }
    }
}
