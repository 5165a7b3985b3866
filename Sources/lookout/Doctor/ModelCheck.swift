import Basics
import Capture
import MobileNet

/// The models that can be named.
enum ModelCheck {
    /// Loads the model whose speed is measured, and says why it cannot.
    static func load(_ option: ModelOption) -> (LoadedModel?, [Finding]) {
        do {
            return (try option.load(), [])
        } catch let error as FileError {
            let models = Environment.models().list()
            // Of a model that is there, the list says the same; and nobody has to have the usual one.
            let isUsual = option.model == ModelOption.usual
            let isListed = models.contains { $0.path == error.path } && (try? Model.read(error.path)) == nil
            if isListed || models.isEmpty && isUsual { return (nil, []) }
            let advice = "name a model of `lookout model list`, or get one with `lookout model fetch` or `import`"
            return (
                nil, [Finding(status: isUsual ? .warning : .problem, target: "model", text: "\(error)", advice: advice)]
            )
        } catch let error as PlanLimitsError {
            return (nil, [.problem("model", "\(error)", advice: "unset \(PlanLimits.environmentVariable)")])
        } catch {
            return (nil, [])  // the kernels' line says it
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
            let sum = try Checksum.ofFile(path)
            return .ok(
                "model",
                "\(name): \(model.network.name) at \(pixels(model.network.inputShape)), "
                    + "\(model.labels.names.count) classes, SHA-256 \(sum.prefix(16))…, \(path)")
        } catch {
            return .problem("model", "\(error)", advice: "import it again with `lookout model import`")
        }
    }
}
