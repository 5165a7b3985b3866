import Foundation
import Testing

/// Certificates for tests, created by openssl, and a TLS proxy for servers without TLS.
package enum TLSRelay {
    package static let isAvailable = ["/usr/bin/openssl", "/usr/bin/python3"].allSatisfy(
        FileManager.default.isExecutableFile(atPath:))
    package static let reason: Comment = "openssl or python3 is not installed; `make test` installs them"

    /// Paths of a certificate and its private key.
    package struct Identity {
        package var certificate: String
        package var key: String

        /// SHA-256 fingerprint of the certificate: 64 lowercase hexadecimal digits.
        package func fingerprint() throws -> String {
            let text = try openssl(["x509", "-in", certificate, "-noout", "-fingerprint", "-sha256"])
            return text.split(separator: "=").last.map { $0.filter(\.isHexDigit).lowercased() } ?? ""
        }
    }

    /// Creates a self-signed certificate.
    ///
    /// - Parameters:
    ///   - name: subject alternative name: `DNS:localhost`, `IP:127.0.0.1`.
    ///   - days: days for which it is valid; negative if it has expired.
    package static func selfSigned(_ name: String, days: Int = 2, in folder: String) throws -> Identity {
        try make(name, signing: { ["-signkey", $0] }, days: days, in: folder)
    }

    /// Creates a certificate that an authority has signed.
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

    /// Creates a certificate authority that the system does not trust.
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

    /// Starts a TLS proxy for a server on loopback.
    ///
    /// - Parameter target: port of the server.
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
