import Capture
import Service

/// Checks the certificates of the configuration's encrypted sources, and prints their fingerprints for pinning.
enum CertificateCheck {
    private static let seconds = 5.0

    /// - Parameter path: of the configuration. If it cannot be read, there are no findings: `lookout check` reports why.
    static func findings(_ path: String) -> [Finding] {
        guard let configuration = try? ConfigurationFile(path: path).configuration else { return [] }
        return configuration.sources.filter(\.isEnabled).compactMap { source in
            guard case .stream(let url) = source.address, url.isEncrypted else { return nil }
            return finding(source.name, url, source.options.reception.tls)
        }
    }

    private static func finding(_ name: String, _ url: StreamURL, _ verification: TLSVerification) -> Finding {
        do {
            let certificate = try ServerCertificate(of: url, verification, within: seconds)
            if let problem = certificate.problem {
                return .problem(
                    "source", "\(name): \(problem)",
                    advice:
                        "if it is the camera's own: tls: {fingerprint: \(certificate.fingerprint)}; or trust its authority: tls: {ca: FILE}"
                )
            }
            let text = "\(name): certificate \(certificate.fingerprint) (SHA-256)"
            guard verification == .off else { return .ok("source", text) }
            return .warning(
                "source", text + ", not verified", advice: "pin it: tls: {fingerprint: \(certificate.fingerprint)}")
        } catch {
            return .warning("source", "\(name): \(error)", advice: "run it again when the source answers")
        }
    }
}
