import Basics
import Capture
import MobileNet

/// Checks the models.
enum ModelCheck {
    /// Loads the model whose speed is measured.
    ///
    /// - Returns: the model, or findings with the reason why it cannot be loaded.
    static func load(_ option: ModelOption) -> (LoadedModel?, [Finding]) {
        do {
            return (try option.load(), [])
        } catch let error as FileError {
            let models = Environment.models().list()
            // The list reports a broken model as well; and the default model is not required.
            let isUsual = option.model == ModelOption.usual
            let isListed = models.contains { $0.path == error.path } && (try? Model.read(error.path)) == nil
            if isListed || models.isEmpty && isUsual { return (nil, []) }
            let advice = "choose a model of `lookout model list`, or get one with `lookout model fetch` or `import`"
            return (
                nil, [Finding(status: isUsual ? .warning : .problem, topic: "model", text: "\(error)", advice: advice)]
            )
        } catch let error as PlanLimitsError {
            return (nil, [.problem("model", "\(error)", advice: "unset \(PlanLimits.environmentVariable)")])
        } catch {
            return (nil, [])  // reported by the check of the kernels
        }
    }

    static func findings(_ library: ModelLibrary) -> [Finding] {
        let entries = library.list()
        guard !entries.isEmpty else {
            return [
                .problem(
                    "models", "none in \(library.folders.joined(separator: ", "))",
                    advice: "import one with `lookout model import`")
            ]
        }
        return entries.map { finding($0.name, $0.path) }
    }

    private static func finding(_ name: String, _ path: String) -> Finding {
        do {
            let model = try Model.read(path)
            let task = try model.graph().task
            let sum = try Checksum.ofFile(path)
            return .ok(
                "model",
                "\(name): \(task.rawValue), \(model.network.name) at \(pixels(model.network.inputShape)), "
                    + "\(model.labels.names.count) classes, SHA-256 \(sum.prefix(16))…, \(path)")
        } catch {
            return .problem("model", "\(error)", advice: "import it again with `lookout model import`")
        }
    }
}
