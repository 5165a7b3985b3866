import Foundation
import Testing

/// Certificates for tests, made by openssl, and a process that speaks TLS with one in front of a server that does not.
package enum TLSRelay {
    package static let isAvailable = ["/usr/bin/openssl", "/usr/bin/python3"].allSatisfy(
        FileManager.default.isExecutableFile(atPath:))
    package static let reason: Comment = "openssl or python3 is not installed; `make test` installs them"

    /// A certificate and its key.
    package struct Identity {
        package var certificate: String
        package var key: String

        /// As openssl prints it, without colons.
        package func fingerprint() throws -> String {
            let text = try openssl(["x509", "-in", certificate, "-noout", "-fingerprint", "-sha256"])
            return text.split(separator: "=").last.map { $0.filter(\.isHexDigit).lowercased() } ?? ""
        }
    }

    /// A certificate that is signed with its own key.
    ///
    /// - Parameters:
    ///   - name: as `DNS:localhost` or `IP:127.0.0.1`.
    ///   - days: for which it is valid from now on; negative if it has expired.
    package static func selfSigned(_ name: String, days: Int = 2, in folder: String) throws -> Identity {
        try make(name, signing: { ["-signkey", $0] }, days: days, in: folder)
    }

    /// A certificate that is signed by an authority.
    package static func signed(by authority: Identity, _ name: String, days: Int = 2, in folder: String) throws
        -> Identity
    {
        try make(
            name,
            signing: { _ in
                [
                    "-CA", authority.certificate, "-CAkey", authority.key, "-set_serial",
                    "\(Int.random(in: 1...1_000_000))",
                ]
            },
            days: days, in: folder)
    }

    /// An authority that nobody trusts by himself.
    package static func authority(in folder: String) throws -> Identity {
        let identity = Identity(certificate: folder + "/ca.pem", key: folder + "/ca.key")
        try openssl([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", identity.key, "-out", identity.certificate,
            "-days", "2",
            "-subj", "/CN=Test authority",
        ])
        return identity
    }

    private static func make(
        _ name: String, signing: (_ key: String) -> [String], days: Int, in folder: String
    ) throws -> Identity {
        let stem = folder + "/" + UUID().uuidString
        let identity = Identity(certificate: stem + ".pem", key: stem + ".key")
        try "subjectAltName=\(name)\n".write(toFile: stem + ".ext", atomically: true, encoding: .utf8)
        try openssl([
            "req", "-newkey", "rsa:2048", "-nodes", "-keyout", identity.key, "-out", stem + ".csr", "-subj",
            "/CN=Test camera",
        ])
        try openssl(
            [
                "x509", "-req", "-in", stem + ".csr", "-extfile", stem + ".ext", "-days", "\(days)", "-out",
                identity.certificate,
            ]
                + signing(identity.key))
        return identity
    }

    /// Starts it in front of a port of this machine.
    package static func start(_ identity: Identity, target: UInt16) throws -> PeerProcess {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "Peers/tls-relay.py"
        ).path
        return try PeerProcess("/usr/bin/python3") { port in
            [script, "\(port)", identity.certificate, identity.key, "\(target)"]
        }
    }

    private struct Failure: Error { var arguments: [String] }

    @discardableResult
    private static func openssl(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(arguments: arguments) }
        return text
    }
}
