import ArgumentParser
import MobileNet

/// The choice of a network.
struct ModelOption: ParsableArguments {
    @Option(name: .shortAndLong, help: "The model: a name (see `lookout model list`) or a path.")
    var model = "efficientnet-lite0"

    /// Reads the model and makes it ready to run.
    ///
    /// - Throws: ``FileError``, ``InstructionSetError``.
    func load() throws -> LoadedModel {
        try LoadedModel(model, in: Surroundings.models(), for: Surroundings.instructionSet())
    }
}
