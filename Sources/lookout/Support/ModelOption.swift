import ArgumentParser
import MobileNet

/// The choice of a network.
struct ModelOption: ParsableArguments {
    @Option(name: .shortAndLong, help: "The model: a name (see `lookout model list`) or a path.", completion: Completion.models)
    var model = usual

    /// The one that is meant if nothing is said.
    static let usual = "efficientnet-lite0"

    /// Reads the model and makes it ready to run.
    ///
    /// - Parameter features: whether it is to give a vector of features instead of a score for each class.
    /// - Throws: ``FileError``, ``InstructionSetError``.
    func load(features: Bool = false) throws -> LoadedModel {
        try LoadedModel(model, in: Surroundings.models(), for: Surroundings.instructionSet(), features: features)
    }
}
