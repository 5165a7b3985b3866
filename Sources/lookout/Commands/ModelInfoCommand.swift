import ArgumentParser
import Events
import Glibc
import MobileNet

/// `lookout model info`: description of a model or an architecture.
struct ModelInfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Describe a model or an architecture.",
        discussion: """
            Prints its metadata and a table of its layers as in the papers: type and stride, filter shape, input size, \
            parameters and multiply-adds for one image. Architectures need no file: \(Architecture.choices).
            """)

    @Option(parsing: .unconditional, help: "Width multiplier α of an architecture.")
    var width: Double?

    @Option(parsing: .unconditional, help: "Width and height of an architecture's input in pixels, from 32 to 1024.")
    var resolution: Int?

    @Option(parsing: .unconditional, help: "Number of classes of an architecture.")
    var classes: Int?

    @Flag(help: "Print a JSON object.")
    var json = false

    @Argument(
        help: "Name (see `lookout model list`) or path of a model, or an architecture, as mobilenet-v2-0.35.",
        completion: Completion.modelsAndArchitectures)
    var model: String

    func validate() throws {
        if let resolution, !Model.resolutions.contains(resolution) {
            throw ValidationError(
                "--resolution is a number of pixels from \(Model.resolutions.lowerBound) to \(Model.resolutions.upperBound)."
            )
        }
        if let classes, !(1...1_000_000).contains(classes) {
            throw ValidationError("--classes is a number from 1 to 1000000.")
        }
        if let width, !(width > 0) { throw ValidationError("--width is a number above 0.") }
    }

    func run() throws {
        guard let path = try path() else { return try printArchitecture() }
        let model = try Model.read(path)
        let description = ModelDescription(
            name: model.name, network: model.network, graph: try model.graph(), head: model.head,
            classes: model.labels.names.count, model: model, path: path)
        try json ? description.printJSON() : description.printText()
    }

    /// Returns the model's file; `nil` for an architecture. A model takes precedence over an architecture of the same
    /// name.
    private func path() throws -> String? {
        if width != nil || resolution != nil || classes != nil { return nil }
        do {
            return try Environment.models().path(of: model)
        } catch  where Architecture(rawValue: model) != nil {
            return nil
        } catch {
            throw Failure(status: EX_NOINPUT, "\(error); \(Architecture.unknown(model))")
        }
    }

    private func printArchitecture() throws {
        guard let named = Architecture(rawValue: model) else {
            throw Failure(status: EX_USAGE, Architecture.unknown(model))
        }
        let architecture = try widened(named)
        let resolution = resolution ?? architecture.family.usualResolution
        let classes = classes ?? Labels.imageNet.names.count
        let description = ModelDescription(
            name: architecture.rawValue, network: .architecture(architecture, resolution: resolution),
            graph: try architecture.graph(resolution: resolution, classes: classes), head: Head(), classes: classes,
            model: nil, path: nil)
        try json ? description.printJSON() : description.printText()
    }

    private func widened(_ architecture: Architecture) throws -> Architecture {
        guard let width, width != architecture.width else { return architecture }
        guard architecture.width == 1 else {
            throw Failure(status: EX_USAGE, "\(model) has its width in its name; --width contradicts it")
        }
        guard architecture.family.widths.contains(width) else {
            throw Failure(status: EX_USAGE, Architecture.unknown("\(architecture.rawValue)-\(width)"))
        }
        return Architecture(architecture.family, width: width)
    }
}
