import ArgumentParser
import Events
import MobileNet

/// `lookout model info`: what a model is.
struct ModelInfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "info", abstract: "Describe a model.")

    @Flag(help: "Print a JSON object.")
    var json = false

    @Argument(help: "The model: a name (see `lookout model list`) or a path.")
    var model: String

    func run() throws {
        let path = try Surroundings.models().path(of: model)
        let model = try Model.read(path)
        let graph = try model.graph()
        if json { try printJSON(path, model, graph) } else { try printText(path, model, graph) }
    }

    private func printText(_ path: String, _ model: Model, _ graph: Graph) throws {
        let mean = model.normalization.mean
        let deviation = model.normalization.deviation
        var rows = [
            ["name", model.name],
            ["architecture", model.network.name],
            ["input", "\(pixels(model.network.inputShape)) \(model.normalization.colours.rawValue.uppercased())"],
            ["mean", "\(mean.0), \(mean.1), \(mean.2)"],
            ["deviation", "\(deviation.0), \(deviation.1), \(deviation.2)"],
            ["classes", "\(model.labels.names.count): \(model.labels.names.prefix(3).joined(separator: ", ")), …"],
            ["parameters", millions(graph.learnedParameterCount)],
            ["multiply-adds", millions(graph.multiplyAdds)],
            ["source", model.source],
        ]
        if !model.licence.isEmpty { rows.append(["licence", model.licence]) }
        rows.append(["file", path])
        try Output.write(Output.table(rows))
    }

    private func printJSON(_ path: String, _ model: Model, _ graph: Graph) throws {
        var line = JSONLine()
        line.add("name", model.name)
        line.add("architecture", model.network.name)
        line.add("width", model.network.inputShape.width)
        line.add("height", model.network.inputShape.height)
        line.add("classes", model.labels.names.count)
        line.add("parameters", graph.learnedParameterCount)
        line.add("multiply_adds", graph.multiplyAdds)
        line.add("source", model.source)
        line.add("licence", model.licence)
        line.add("path", path)
        line.add("labels", model.labels.names)
        try Output.write(line)
    }
}
