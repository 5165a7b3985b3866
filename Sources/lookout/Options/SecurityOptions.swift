import ArgumentParser
import Capture
import Glibc
import MobileNet
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

/// How the servers of encrypted streams have to prove who they are.
struct TLSOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A PEM file with the authorities, or the server's own certificate, for rtsps, https and rtmps (default: the authorities of this machine).",
            valueName: "file"))
    var tlsCa: String?

    @Option(
        help: ArgumentHelp(
            "The SHA-256 fingerprint of the server's certificate, instead; may be given again, for one source with its name and a colon in front.",
            valueName: "fingerprint"))
    var tlsFingerprint: [String] = []

    @Flag(help: "Do not verify anything: whoever answers gets the password.")
    var noTlsVerify = false

    func check() throws {
        guard [tlsCa != nil, !tlsFingerprint.isEmpty, noTlsVerify].count(where: { $0 }) < 2 else {
            throw ValidationError("Of --tls-ca, --tls-fingerprint and --no-tls-verify there can be one.")
        }
    }

    /// What holds for a source: of several fingerprints, the last that is for it.
    ///
    /// - Parameters:
    ///   - source: its name.
    ///   - sources: the names of all.
    func verification(for source: String, among sources: [String]) throws -> TLSVerification {
        if noTlsVerify { return .off }
        if let tlsCa { return .authorities(path: tlsCa) }
        var found: CertificateFingerprint?
        for text in tlsFingerprint {
            if let fingerprint = CertificateFingerprint(text) {
                found = fingerprint
                continue
            }
            // The name of a source may have colons in it, and a fingerprint, too.
            guard let owner = sources.filter({ text.hasPrefix($0 + ":") }).max(by: { $0.count < $1.count }),
                let fingerprint = CertificateFingerprint(String(text.dropFirst(owner.count + 1)))
            else {
                throw ValidationError(
                    "--tls-fingerprint is 64 hexadecimal digits, with the name of a source and a colon in front, or without."
                )
            }
            if owner == source { found = fingerprint }
        }
        return found.map(TLSVerification.fingerprint) ?? .system
    }
}
