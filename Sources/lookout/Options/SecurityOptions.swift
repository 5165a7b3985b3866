import ArgumentParser
import Capture
import Glibc
import MobileNet
import Service

/// Options of credentials, which are read from files: everybody on the machine can read the command line.
struct CredentialOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "File with one line, user:password, for streams whose address has none; repeatable.",
            discussion: """
                For one of several sources, start with its name: front:/etc/lookout/front. A name without a slash is \
                first searched among the credentials that systemd passes to a service (LoadCredential=).
                """,
            valueName: "file"),
        completion: .file())
    var credentials: [String] = []

    /// Arguments, which include the paths of files that are read.
    var files: [String] { credentials }

    /// Reads the credentials of a source: of several files, the last one that applies.
    ///
    /// - Parameters:
    ///   - source: its name.
    ///   - sources: names of all sources.
    /// - Throws: ``FileError``, which does not repeat the contents of the file.
    func read(for source: String, among sources: [String]) throws(FileError) -> Credentials? {
        let files = credentials.compactMap { text -> String? in
            // Both a path and the name of a source may have colons.
            guard let owner = sources.filter({ text.hasPrefix($0 + ":") }).max(by: { $0.count < $1.count }) else {
                return text
            }
            return owner == source ? String(text.dropFirst(owner.count + 1)) : nil
        }
        guard let file = files.last else { return nil }
        let credentials = CredentialFile(file, folder: Environment.credentialFolder)
        // A text that is no file may be the password itself, and is not repeated.
        guard access(credentials.path, F_OK) == 0 || !file.contains(":") else {
            throw FileError(
                path: "--credentials", kind: .unreadable,
                reason:
                    "no such file; expected the name of a file that contains user:password, not the password itself"
            )
        }
        return try credentials.read()
    }
}

/// Options of the verification of servers' certificates.
struct TLSOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            PEM file with certificate authorities, or the server's own certificate, for rtsps, https and rtmps \
            (default: the system's authorities).
            """,
            valueName: "file"))
    var tlsCa: String?

    @Option(
        help: ArgumentHelp(
            """
            SHA-256 fingerprint of the server's certificate, instead of an authority; repeatable. For one of several \
            sources, start with its name: front:FINGERPRINT.
            """,
            valueName: "fingerprint"))
    var tlsFingerprint: [String] = []

    @Flag(help: "Do not verify certificates: any server that answers gets the password.")
    var noTlsVerify = false

    func check() throws {
        guard [tlsCa != nil, !tlsFingerprint.isEmpty, noTlsVerify].count(where: { $0 }) < 2 else {
            throw ValidationError("--tls-ca, --tls-fingerprint and --no-tls-verify exclude each other.")
        }
    }

    /// Returns the verification for a source: of several fingerprints, the last one that applies.
    ///
    /// - Parameters:
    ///   - source: its name.
    ///   - sources: names of all sources.
    func verification(for source: String, among sources: [String]) throws -> TLSVerification {
        if noTlsVerify { return .off }
        if let tlsCa { return .authorities(path: tlsCa) }
        var found: CertificateFingerprint?
        for text in tlsFingerprint {
            if let fingerprint = CertificateFingerprint(text) {
                found = fingerprint
                continue
            }
            // Both a fingerprint and the name of a source may have colons.
            guard let owner = sources.filter({ text.hasPrefix($0 + ":") }).max(by: { $0.count < $1.count }),
                let fingerprint = CertificateFingerprint(String(text.dropFirst(owner.count + 1)))
            else {
                throw ValidationError(
                    "--tls-fingerprint is 64 hexadecimal digits, after the name of a source and a colon if it is for one source."
                )
            }
            if owner == source { found = fingerprint }
        }
        return found.map(TLSVerification.fingerprint) ?? .system
    }
}
