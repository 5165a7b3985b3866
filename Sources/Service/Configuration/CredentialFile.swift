import Basics
import Capture
import Glibc

/// Where the user and the password of a stream stand: a file with one line, `user:password`.
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

    /// - Throws: ``FileError``, which does not repeat what is in the file.
    package func read() throws(FileError) -> Credentials {
        let text = String(decoding: try Files.read(path, atMost: Files.largestText), as: UTF8.self)
        guard let read = Credentials(text) else {
            throw FileError(path: path, kind: .malformed, reason: "not a line of the form user:password")
        }
        return read
    }
}
