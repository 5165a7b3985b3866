import Basics
import Capture
import Glibc
import Watch

/// Source of the configuration.
package struct SourceConfiguration: Equatable, Sendable {
    /// Name of the source in events.
    package var name: String
    package var address: SourceAddress
    /// Name of a systemd credential, or path of a file.
    package var credentials: String?
    /// Whether the source is watched.
    package var isEnabled = true
    package var options: SourceOptions

    package init(name: String, address: SourceAddress, options: SourceOptions = SourceOptions()) {
        self.name = name
        self.address = address
        self.options = options
    }
}

extension SourceConfiguration {
    /// Makes the source ready to be watched.
    ///
    /// - Parameters:
    ///   - model: the model that classifies its frames.
    ///   - credentialFolder: `$CREDENTIALS_DIRECTORY`, if there is one.
    /// - Throws: ``FileError`` if its credentials cannot be read, ``LabelTargetError``.
    package func live(_ model: ModelTraits, credentialFolder: String?) throws -> LiveSource {
        let credentials = try readCredentials(folder: credentialFolder)
        return try options.live(name: name, address: address, credentials: credentials, model: model)
    }

    /// Opens the source, waits for its first frame, and closes it.
    ///
    /// - Parameters:
    ///   - input: the size of the model's input.
    ///   - credentialFolder: `$CREDENTIALS_DIRECTORY`, if there is one.
    /// - Throws: ``SourceError`` if no frame arrives in time, ``FileError`` if its credentials cannot be read.
    package func probe(input: PixelSize, credentialFolder: String?) throws -> SourceProbe {
        let credentials = try readCredentials(folder: credentialFolder)
        let limit = options.reception.connectTimeout + options.reception.readTimeout
        return try SourceProbe(limit: limit, options.connector(to: address, credentials: credentials, input: input))
    }

    private func readCredentials(folder: String?) throws(FileError) -> Credentials? {
        guard let credentials else { return nil }
        return try CredentialFile(credentials, folder: folder).read()
    }
}

/// File with the user name and the password of a stream, on one line: `user:password`.
package struct CredentialFile: Equatable, Sendable {
    package let path: String

    /// - Parameters:
    ///   - name: the path of a file, or the name of a credential that systemd passes to a service.
    ///   - folder: `$CREDENTIALS_DIRECTORY`; see systemd.exec(5), "Credentials".
    package init(_ name: String, folder: String?) {
        guard !name.contains("/"), let folder, access(folder + "/" + name, F_OK) == 0 else {
            path = name
            return
        }
        path = folder + "/" + name
    }

    /// - Throws: ``FileError``, which does not repeat the contents of the file.
    package func read() throws(FileError) -> Credentials {
        let text = String(decoding: try Files.read(path, atMost: Files.largestText), as: UTF8.self)
        guard let read = Credentials(text) else {
            throw FileError(path: path, kind: .malformed, reason: "not a line of the form user:password")
        }
        return read
    }
}
