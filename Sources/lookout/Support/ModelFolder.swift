import ArgumentParser
import FoundationEssentials
import Glibc
import MobileNet

/// Default folder for new models.
enum ModelFolder {
    /// Returns the path of a new model in the first writable folder.
    ///
    /// - Throws: ``Failure`` if there is none.
    static func path(for name: String) throws(Failure) -> String {
        let named = Environment.variable(ModelLibrary.environmentVariable).flatMap { $0.isEmpty ? nil : $0 }
        // A folder in the environment is the only candidate.
        let folders = named.map { [$0] } ?? Environment.models().folders
        for folder in folders {
            let parent = folder.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
                separator: "/")
            if access(parent, W_OK) == 0 { mkdir(folder, 0o755) }
            if access(folder, W_OK) == 0 { return "\(folder)/\(name).\(Model.fileExtension)" }
        }
        throw Failure(
            status: EX_CANTCREAT,
            "no folder for models is writable (\(folders.joined(separator: ", "))); "
                + "use --output FILE")
    }

    /// Checks the value of `--name`.
    ///
    /// - Throws: `ValidationError` if it is no file name.
    static func check(name: String?) throws {
        if let name, name.isEmpty || name.contains("/") || name.contains("\n") {
            throw ValidationError("--name is a name without slashes, not a path.")
        }
    }

    /// Creates the folder of a new model, if it does not exist.
    static func make(for path: String) {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
        // Writing the model reports a failure.
        try? FileManager.default.createDirectory(atPath: String(path[..<slash]), withIntermediateDirectories: true)
    }
}

/// Imports weights, with messages for the command line.
enum ImportedModel {
    /// Imports a file.
    ///
    /// - Throws: ``FileError``, or a ``Failure`` if an option is missing.
    static func read(_ path: String, options: ImportOptions = ImportOptions()) throws -> Model {
        do {
            return try ModelImport.read(path: path, options: options)
        } catch let missing as ImportOptionMissing {
            throw Failure(status: EX_USAGE, "\(path): \(missing)")
        }
    }

    /// Imports the contents of a file.
    ///
    /// - Parameter name: of the file, for messages.
    /// - Throws: ``FileError``, or a ``Failure`` if an option is missing.
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

    /// Describes a model in one line.
    static func description(of model: Model, at path: String) throws -> String {
        "\(path): \(model.network.name), \(millions(try model.graph().learnedParameterCount)) parameters, "
            + count(model.labels.names.count, "class", "classes")
    }
}
