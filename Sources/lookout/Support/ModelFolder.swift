import FoundationEssentials
import Glibc
import MobileNet

/// Where models are written to, if nothing else is said.
enum ModelFolder {
    /// In the first of the folders that can be written to.
    ///
    /// - Throws: ``Failure`` if there is none.
    static func path(for name: String) throws(Failure) -> String {
        let named = Environment.variable(ModelLibrary.environmentVariable).flatMap { $0.isEmpty ? nil : $0 }
        // Whoever names a folder means that one and no other.
        let folders = named.map { [$0] } ?? Environment.models().folders
        for folder in folders {
            let parent = folder.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
                separator: "/")
            if access(parent, W_OK) == 0 { mkdir(folder, 0o755) }
            if access(folder, W_OK) == 0 { return "\(folder)/\(name).\(Model.fileExtension)" }
        }
        throw Failure(
            status: EX_CANTCREAT,
            "none of the folders for models can be written to (\(folders.joined(separator: ", "))); "
                + "--output FILE says where to write")
    }

    /// Makes the folder that a model is to be written to, if it is not there yet.
    static func make(for path: String) {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
        // What goes wrong here, writing the model says.
        try? FileManager.default.createDirectory(atPath: String(path[..<slash]), withIntermediateDirectories: true)
    }
}

/// Weights of any origin as a model of ours.
enum ImportedModel {
    /// - Throws: ``FileError``, or a ``Failure`` if an option has to say more.
    static func read(_ path: String, options: ImportOptions = ImportOptions()) throws -> Model {
        do {
            return try ModelImport.read(path: path, options: options)
        } catch let missing as ImportOptionMissing {
            throw Failure(status: EX_USAGE, "\(path): \(missing)")
        }
    }

    /// The model that a file's bytes make, which are in memory already.
    ///
    /// - Parameter name: of the file, for messages.
    /// - Throws: as above.
    static func read(_ bytes: [UInt8], name: String, options: ImportOptions) throws -> Model {
        var options = options
        options.source = name
        do {
            return try ModelImport.read(bytes, options: options)
        } catch let missing as ImportOptionMissing {
            throw Failure(status: EX_USAGE, "\(name): \(missing)")
        } catch {
            throw FileError(path: name, contents: error)
        }
    }

    /// What was made, in a line.
    static func description(of model: Model, at path: String) throws -> String {
        "\(path): \(model.network.name), \(millions(try model.graph().learnedParameterCount)) parameters, "
            + count(model.labels.names.count, "class", "classes")
    }
}
