import FoundationEssentials

/// Search path for models.
public struct ModelLibrary: Sendable {
    /// Folders, in the order in which they are searched.
    public let folders: [String]

    /// Creates a library of folders, in the order in which they are searched.
    public init(folders: [String]) { self.folders = folders }

    /// Environment variable that names the first folder of the ``standard(variable:checkout:)`` library.
    public static let environmentVariable = "LOOKOUT_MODELS"

    /// Returns the standard library: `$LOOKOUT_MODELS`, `Models` of the checkout, `/var/lib/lookout/models`, and
    /// `/usr/share/lookout/models`.
    ///
    /// - Parameters:
    ///   - variable: value of ``environmentVariable``.
    ///   - checkout: root of the checkout in which the program was built; `nil` for an installed program.
    public static func standard(variable: String?, checkout: String?) -> ModelLibrary {
        let own = [variable, checkout.map { $0 + "/Models" }].compactMap { $0 }.filter { !$0.isEmpty }
        return ModelLibrary(folders: own + ["/var/lib/lookout/models", "/usr/share/lookout/models"])
    }

    /// Returns the path of a model's file.
    ///
    /// - Parameter name: name of a model. A name that contains a slash or ends with the file extension is a path and is
    ///   returned as it is.
    /// - Throws: ``FileError`` if no folder has the model. The reason suggests a similar name or a command that fetches
    ///   it.
    public func path(of name: String) throws(FileError) -> String {
        if name.contains("/") || name.hasSuffix("." + Model.fileExtension) { return name }
        let paths = folders.map { "\($0)/\(name).\(Model.fileExtension)" }
        if let path = paths.first(where: FileManager.default.fileExists(atPath:)) { return path }
        throw FileError(path: name, kind: .unreadable, reason: "there is no such model; \(hint(for: name))")
    }

    /// Names of the published models that detect objects, the usual one first.
    public static let detectors = [
        "person-vehicle-bike", "person-vehicle-bike-256", "ssd-mobilenet-v1-coco", "ssdlite-mobilenet-v3-large",
    ]

    /// Names of the models that `lookout model fetch` can fetch.
    public static let published = classifiers + detectors

    /// Names of the published models that classify, the usual one first.
    public static let classifiers = ["efficientnet-lite0", "mobilenet-v2", "mobilenet-v3-large", "mobilenet-v3-small"]

    private func hint(for name: String) -> String {
        let wanted = ModelName(name)
        let known = list().map(\.name)
        if let there = wanted.match(among: known) { return "did you mean \(there)?" }
        if let published = wanted.match(among: Self.published) {
            return "`lookout model fetch \(published)` fetches it"
        }
        if known.isEmpty { return "`lookout model fetch \(Self.published[0])` fetches one" }
        return "`lookout model list` shows those that are there"
    }

    /// Lists the models in all folders. Of several files with the same name, only the first in search order is listed.
    public func list() -> [(name: String, path: String)] {
        var seen: Set<String> = []
        var models: [(name: String, path: String)] = []
        for folder in folders {
            let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            for file in files.sorted() where file.hasSuffix("." + Model.fileExtension) {
                let name = String(file.dropLast(Model.fileExtension.count + 1))
                if seen.insert(name).inserted { models.append((name, "\(folder)/\(file)")) }
            }
        }
        return models
    }
}

/// Model name that compares equal to its spellings in other frameworks.
///
/// torchvision writes `mobilenet_v3_large`, timm `mobilenetv3_large_100` and `tf_efficientnet_lite0`, Keras
/// `MobileNetV2`.
public struct ModelName: Equatable, Sendable {
    /// Letters and digits of the name, without publisher prefixes, file extension and checksum.
    private let key: String

    /// Parses a name in any spelling.
    public init(_ name: String) {
        var text = name.lowercased()[...]
        for suffix in [".pth", ".pt", ".safetensors", ".tflite", ".onnx"] where text.hasSuffix(suffix) {
            text = text.dropLast(suffix.count)
        }
        // First digits of a checksum, as in `mobilenet_v2-7ebf99e0`.
        if let dash = text.lastIndex(of: "-"), case let tail = text[dash...].dropFirst(), tail.count == 8,
            tail.allSatisfy(\.isHexDigit)
        {
            text = text[..<dash]
        }
        for prefix in ["tf_", "timm/", "torchvision/"] where text.hasPrefix(prefix) {
            text = text.dropFirst(prefix.count)
        }
        var key = String(text.filter { $0.isLetter || $0.isNumber })
        // timm writes widths in hundredths: 100 is the default. The text after a dot names the training recipe.
        if let dot = text.firstIndex(of: "."), text[dot...].contains(where: \.isLetter) {
            key = String(text[..<dot].filter { $0.isLetter || $0.isNumber })
        }
        if key.hasSuffix("100"), key.count > 3 { key = String(key.dropLast(3)) }
        if key.hasSuffix("minimal") { key += "istic" }
        self.key = key
    }

    /// Returns the first of `names` that is a spelling of this name.
    public func match(among names: [String]) -> String? { names.first { ModelName($0) == self } }
}
