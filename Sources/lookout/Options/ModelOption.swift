import ArgumentParser
import MobileNet

/// The choice of a network.
struct ModelOption: ParsableArguments {
    /// What is used if nobody says otherwise.
    static let usual = "efficientnet-lite0"

    @Option(
        name: .shortAndLong, help: "The model: a name (see `lookout model list`) or a path.",
        completion: Completion.models)
    var model = Self.usual

    /// Reads the model and makes it ready to run.
    ///
    /// - Parameter features: whether it is to give a vector of features instead of a score for each class.
    /// - Throws: ``FileError``, ``InstructionSetError``, ``PlanLimitsError``.
    func load(features: Bool = false) throws -> LoadedModel {
        try LoadedModel(
            model, in: Environment.models(), for: Environment.instructionSet(), limits: Environment.planLimits(),
            features: features)
    }
}
