import CFFmpeg
import CGnuTLS
import Glibc

/// The certificate of an encrypted stream's server, without asking it for anything.
package struct ServerCertificate: Equatable, Sendable {
    package let fingerprint: CertificateFingerprint
    /// Why the server is not trusted; `nil` if it is.
    package let problem: String?

    /// Connects, shakes hands, and hangs up. Nothing else is sent, so that no password is.
    ///
    /// - Parameters:
    ///   - verification: how the server has to prove who it is.
    ///   - seconds: that it may take.
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

/// What a server has sent to prove who it is: its certificate first, then those that vouch for it.
final class CertificateChain {
    private var certificates: [gnutls_x509_crt_t?] = []
    /// Of the first: the server's own.
    let fingerprint: CertificateFingerprint

    /// More certificates make no chain that anybody uses.
    private static let longest: UInt32 = 16

    /// - Returns: `nil` if the server has sent none, or what it has sent is none.
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

    /// Checks signatures, dates and the name.
    ///
    /// - Parameters:
    ///   - host: as it stands in the address.
    ///   - path: of a PEM file with the authorities; `nil` for those of this machine.
    /// - Returns: what is wrong; `nil` if nothing is.
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

    /// Puts in whom to trust.
    ///
    /// - Returns: what is wrong; `nil` if nothing is.
    private static func fill(_ list: gnutls_x509_trust_list_t?, _ path: String?) -> String? {
        // As OpenSSL, curl and others have it: the place of the authorities, where it is not the usual one.
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
            (cgnutls_signer_not_found, "is signed by nobody whom this machine trusts"),
        ]
        let found = findings.filter { status & $0.0 != 0 }.map(\.1)
        return found.isEmpty ? "is not valid" : found.joined(separator: ", and ")
    }
}
