import Capture
import MobileNet

/// The models that can be named.
enum ModelCheck {
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
                "model", "\(name): \(model.network.name) at \(pixels(model.network.inputShape)), "
                    + "\(model.labels.names.count) classes, SHA-256 \(sum.prefix(16))…, \(path)")
        } catch {
            let reason = (error as? SourceError).map { "\(path): \($0)" } ?? "\(error)"
            return .problem("model", reason, advice: "import it again with `lookout model import`")
        }
    }
}
