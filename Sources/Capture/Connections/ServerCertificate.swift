import CFFmpeg
import CGnuTLS
import Glibc

/// Certificate of an encrypted stream's server.
package struct ServerCertificate: Equatable, Sendable {
    package let fingerprint: CertificateFingerprint
    /// Why the server is not trusted; `nil` if it is.
    package let problem: String?

    /// Fetches the certificate: connects, does the TLS handshake, and closes the connection. Sends no credentials.
    ///
    /// - Parameters:
    ///   - url: URL of the stream.
    ///   - verification: how to verify the server.
    ///   - seconds: timeout.
    /// - Throws: ``SourceError/unreachable(_:)``.
    package init(of url: StreamURL, _ verification: TLSVerification, within seconds: Double) throws(SourceError) {
        guard ConnectionGuard.canVerify else {
            throw .unreachable("this machine's FFmpeg does not speak TLS by GnuTLS")
        }
        AVLog.silence()
        let connections = ConnectionGuard(verification)
        let interruption = CancellationToken()
        var callback = interruption.callback
        let result = interruption.withDeadline(seconds) {
            connections.whileCurrent { () -> Int32 in
                var io: UnsafeMutablePointer<AVIOContext>?
                defer { avio_closep(&io) }
                return avio_open2(&io, "tls://\(url.hostAndPort)", AVIO_FLAG_READ_WRITE, &callback, nil)
            }
        }
        guard let fingerprint = connections.fingerprint else {
            let failure = AVFailure(code: result, operation: "open")
            throw .unreachable(interruption.wasCancelled ? "interrupted" : failure.meaning.lowercasedFirst)
        }
        self.fingerprint = fingerprint
        problem = connections.refusal
    }
}

/// Certificate chain of a server: its own certificate first, then those of the issuers.
final class CertificateChain {
    private var certificates: [gnutls_x509_crt_t?] = []
    /// Fingerprint of the server's own certificate.
    let fingerprint: CertificateFingerprint

    /// Most certificates of a chain that are read.
    private static let longest: UInt32 = 16

    /// - Returns: `nil` if the server has sent no certificate, or an invalid one.
    init?(of session: OpaquePointer) {
        var count: UInt32 = 0
        guard let list = gnutls_certificate_get_peers(session, &count), count > 0 else { return nil }
        fingerprint = CertificateFingerprint(
            of: UnsafeRawBufferPointer(start: list.pointee.data, count: Int(list.pointee.size)))
        for index in 0..<Int(min(count, Self.longest)) {
            var certificate: gnutls_x509_crt_t?
            guard gnutls_x509_crt_init(&certificate) >= 0 else { return nil }
            certificates.append(certificate)
            guard gnutls_x509_crt_import(certificate, list + index, GNUTLS_X509_FMT_DER) >= 0 else { return nil }
        }
    }

    deinit { for certificate in certificates { gnutls_x509_crt_deinit(certificate) } }

    /// Verifies signatures, validity dates and the host name.
    ///
    /// - Parameters:
    ///   - host: host name or address of the URL.
    ///   - path: path of a PEM file with certificate authorities; `nil` for those of this machine.
    /// - Returns: an error message; `nil` if the chain is valid.
    func problem(host: String, authorities path: String?) -> String? {
        var list: gnutls_x509_trust_list_t?
        guard gnutls_x509_trust_list_init(&list, 0) >= 0 else { return "there is no memory to verify its certificate" }
        defer { gnutls_x509_trust_list_deinit(list, 1) }
        if let problem = Self.fill(list, path) { return problem }
        var status: UInt32 = 0
        let result = cgnutls_verify(list, &certificates, UInt32(certificates.count), host, &status)
        guard result >= 0 else {
            return "its certificate cannot be verified (\(String(cString: gnutls_strerror(result))))"
        }
        return status == 0 ? nil : "its certificate \(Self.text(status, host))"
    }

    /// Adds the trusted authorities to a list.
    ///
    /// - Returns: an error message; `nil` on success.
    private static func fill(_ list: gnutls_x509_trust_list_t?, _ path: String?) -> String? {
        // As with OpenSSL and curl, SSL_CERT_FILE replaces the machine's authorities.
        guard let path = path ?? getenv("SSL_CERT_FILE").map({ String(cString: $0) }) else {
            let count = gnutls_x509_trust_list_add_system_trust(list, 0, 0)
            return count > 0 ? nil : "this machine knows no certificate authorities (install ca-certificates)"
        }
        let count = gnutls_x509_trust_list_add_trust_file(list, path, nil, GNUTLS_X509_FMT_PEM, 0, 0)
        return count > 0 ? nil : "there are no certificates of authorities in \(path)"
    }

    private static func text(_ status: UInt32, _ host: String) -> String {
        let findings = [
            (cgnutls_unexpected_owner, "is not for \(host)"), (cgnutls_expired, "has expired"),
            (cgnutls_not_activated, "is not valid yet (or this machine's clock is wrong)"),
            (cgnutls_revoked, "is revoked"), (cgnutls_insecure_algorithm, "is signed with an insecure algorithm"),
            (cgnutls_purpose_mismatch, "is not for a server"),
            (cgnutls_signer_not_found, "is not signed by a trusted authority"),
        ]
        let found = findings.filter { status & $0.0 != 0 }.map(\.1)
        return found.isEmpty ? "is not valid" : found.joined(separator: ", and ")
    }
}
