import ArgumentParser
import Events
import Glibc
import MobileNet

/// `lookout model`: commands for models.
struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Fetch, import, quantize, list, describe, evaluate and run models.",
        subcommands: [
            ModelFetchCommand.self, ModelImportCommand.self, ModelQuantizeCommand.self, ModelListCommand.self,
            ModelInfoCommand.self, ModelEvaluateCommand.self, ModelRunCommand.self,
        ])
}

/// `lookout model list`: list of the models found by name.
struct ModelListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the models that can be used by name.",
        discussion: """
            Models are searched in $\(ModelLibrary.environmentVariable), in the folder Models of the checkout, in \
            /var/lib/lookout/models and in /usr/share/lookout/models.
            """)

    @Flag(help: "Print a JSON object for each model.")
    var json = false

    func run() throws {
        let library = Environment.models()
        var rows: [[String]] = []
        var status: Int32 = 0
        for entry in library.list() {
            do {
                let model = try Model.read(entry.path)
                let task = (try? model.graph())?.task ?? .other
                if json { try Output.write(line(entry, model, task)) } else { rows.append(row(entry, model, task)) }
            } catch let error as FileError {
                Terminal.complain(error.description)
                status = EX_DATAERR
            }
        }
        try Output.write(lines: Output.table(rows))
        if rows.isEmpty, !json, status == 0 {
            Terminal.complain(
                "no models in \(library.folders.joined(separator: ", ")); `lookout model import` makes one")
        }
        if status != 0 { throw ReportedFailure(status: status) }
    }

    private func row(_ entry: (name: String, path: String), _ model: Model, _ task: ModelTask) -> [String] {
        [
            "\(entry.name)", task.rawValue, model.network.name, pixels(model.network.inputShape),
            "\(model.labels.names.count) classes", entry.path,
        ]
    }

    private func line(_ entry: (name: String, path: String), _ model: Model, _ task: ModelTask) -> JSONLine {
        var line = JSONLine()
        line.add("name", entry.name)
        line.add("task", task.rawValue)
        line.add("architecture", model.network.name)
        line.add("width", model.network.inputShape.width)
        line.add("height", model.network.inputShape.height)
        line.add("classes", model.labels.names.count)
        line.add("path", entry.path)
        return line
    }
}
