import ArgumentParser
import Basics
import Capture
import Glibc
import Service

/// Who asks for streams: never on the command line, where everybody on the machine can read it.
struct CredentialOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A file with one line, user:password, for streams whose address has none; may be given again.",
            discussion: """
                For one source of several, its name stands in front: front:/etc/lookout/front. A name without a \
                slash is first looked for among the credentials that systemd passes to a service (LoadCredential=).
                """,
            valueName: "file"),
        completion: .file())
    var credentials: [String] = []

    /// The files, as far as they were named by path.
    var files: [String] { credentials }

    /// Those of a source: of several files, the last that is for it.
    ///
    /// - Parameters:
    ///   - source: its name.
    ///   - sources: the names of all.
    /// - Throws: ``FileError``, which does not repeat what is in the file.
    func read(for source: String, among sources: [String]) throws(FileError) -> Credentials? {
        let files = credentials.compactMap { text -> String? in
            // A path may have colons in it, and the name of a source, too.
            guard let owner = sources.filter({ text.hasPrefix($0 + ":") }).max(by: { $0.count < $1.count }) else {
                return text
            }
            return owner == source ? String(text.dropFirst(owner.count + 1)) : nil
        }
        guard let file = files.last else { return nil }
        let credentials = CredentialFile(file, folder: Environment.credentialFolder)
        // What is no file may be the password itself.
        guard access(credentials.path, F_OK) == 0 || !file.contains(":") else {
            throw FileError(
                path: "--credentials", kind: .unreadable,
                reason:
                    "there is no such file; it has to be the name of a file with user:password in it, not the password itself"
            )
        }
        return try credentials.read()
    }
}
