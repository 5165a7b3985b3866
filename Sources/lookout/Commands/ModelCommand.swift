import ArgumentParser

/// `lookout model`: the networks that can be used.
struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Fetch, import, list, describe, evaluate and run models.",
        subcommands: [
            ModelFetchCommand.self, ModelImportCommand.self, ModelListCommand.self, ModelInfoCommand.self,
            ModelEvaluateCommand.self, ModelRunCommand.self,
        ])
}
