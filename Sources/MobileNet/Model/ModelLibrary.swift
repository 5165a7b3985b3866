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
    /// - Throws: ``FileError`` with the folders that were looked in and the models that are there.
    public func path(of name: String) throws(FileError) -> String {
        if name.contains("/") || name.hasSuffix("." + Model.fileExtension) { return name }
        let paths = folders.map { "\($0)/\(name).\(Model.fileExtension)" }
        if let path = paths.first(where: FileManager.default.fileExists(atPath:)) { return path }
        let known = list().map(\.name)
        let hint = known.isEmpty ? "no models are there" : "there are: " + known.joined(separator: ", ")
        throw FileError(
            path: name, kind: .unreadable,
            reason: "no such model in \(folders.joined(separator: ", ")) (\(hint))")
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
