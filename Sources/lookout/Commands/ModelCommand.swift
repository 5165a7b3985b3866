import ArgumentParser

/// `lookout model`: the networks that can be used.
struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Import, list and describe models.",
        subcommands: [ModelImportCommand.self, ModelListCommand.self, ModelInfoCommand.self])
}
