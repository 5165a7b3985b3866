import FoundationEssentials

/// Where models are looked for, and what is there.
public struct ModelLibrary: Sendable {
    /// The folders, the first first.
    public let folders: [String]

    public init(folders: [String]) { self.folders = folders }

    /// The environment variable that names the first folder.
    public static let environmentVariable = "LOOKOUT_MODELS"

    /// `$LOOKOUT_MODELS`, the checkout's `Models`, and where packages and services keep them.
    ///
    /// - Parameters:
    ///   - variable: the value of ``environmentVariable``.
    ///   - checkout: the top of the checkout that the program was built in, if it was.
    public static func standard(variable: String?, checkout: String?) -> ModelLibrary {
        let own = [variable, checkout.map { $0 + "/Models" }].compactMap { $0 }.filter { !$0.isEmpty }
        return ModelLibrary(folders: own + ["/var/lib/lookout/models", "/usr/share/lookout/models"])
    }

    /// The file of a model.
    ///
    /// - Parameter name: a name, or a path: whatever has a slash or the extension of the files.
    /// - Throws: ``FileError`` that says which model may be meant, or where it comes from.
    public func path(of name: String) throws(FileError) -> String {
        if name.contains("/") || name.hasSuffix("." + Model.fileExtension) { return name }
        let paths = folders.map { "\($0)/\(name).\(Model.fileExtension)" }
        if let path = paths.first(where: FileManager.default.fileExists(atPath:)) { return path }
        throw FileError(path: name, kind: .unreadable, reason: "there is no such model; \(hint(for: name))")
    }

    /// The models that `lookout model fetch` knows.
    public static let published = ["efficientnet-lite0", "mobilenet-v2", "mobilenet-v3-large", "mobilenet-v3-small"]

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

    /// The models that are there, by name; of two of one name, the one that would be used.
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
