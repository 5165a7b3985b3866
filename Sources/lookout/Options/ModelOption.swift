import ArgumentParser
import MobileNet

/// Option of the model.
struct ModelOption: ParsableArguments {
    /// Name of the default model.
    static let usual = "efficientnet-lite0"

    @Option(
        name: .shortAndLong, help: "Name (see `lookout model list`) or path of the model.",
        completion: Completion.models)
    var model = Self.usual

    /// Reads the model and plans its execution.
    ///
    /// - Parameter features: whether the output is a vector of features instead of a score for each class.
    /// - Throws: ``FileError``, ``InstructionSetError``, ``PlanLimitsError``.
    func load(features: Bool = false) throws -> LoadedModel {
        try LoadedModel(
            model, in: Environment.models(), for: Environment.instructionSet(), limits: Environment.planLimits(),
            features: features)
    }
}
