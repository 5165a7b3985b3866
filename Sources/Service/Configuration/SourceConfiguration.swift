import Basics
import Capture
import Watch

/// A source of the configuration.
package struct SourceConfiguration: Equatable, Sendable {
    /// What events call it.
    package var name: String
    package var address: SourceAddress
    /// The name of a credential of systemd's, or the path of a file.
    package var credentials: String?
    /// Whether it is watched.
    package var isEnabled = true
    /// How it is watched.
    package var options: SourceOptions

    package init(name: String, address: SourceAddress, options: SourceOptions = SourceOptions()) {
        self.name = name
        self.address = address
        self.options = options
    }
}

extension SourceConfiguration {
    /// The source, ready to be watched.
    ///
    /// - Parameters:
    ///   - model: the network that looks at its frames.
    ///   - credentialFolder: `$CREDENTIALS_DIRECTORY`, if there is one.
    /// - Throws: ``FileError`` if its credentials cannot be read, ``SubjectError``.
    package func live(_ model: ModelTraits, credentialFolder: String?) throws -> LiveSource {
        let credentials = try readCredentials(folder: credentialFolder)
        return try options.live(name: name, address: address, credentials: credentials, model: model)
    }

    /// Opens the source, waits for its first frame, and closes it again.
    ///
    /// - Parameters:
    ///   - input: the size of the frames that the network looks at.
    ///   - credentialFolder: `$CREDENTIALS_DIRECTORY`, if there is one.
    /// - Throws: ``SourceError`` if it gives none in time, ``FileError`` if its credentials cannot be read.
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
