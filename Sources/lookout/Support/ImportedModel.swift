import Glibc
import MobileNet

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
