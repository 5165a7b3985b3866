import Basics

/// Verification of the server of an encrypted stream (https, rtsps, rtmps).
package enum TLSVerification: Equatable, Sendable {
    /// The certificate has to be valid for the URL's host, and signed by an authority that this machine trusts.
    case system
    /// The same with the authorities, or the server's own certificate, in a PEM file.
    case authorities(path: String)
    /// The certificate has to have this fingerprint (pinning). Its name, dates and signature are not checked.
    case fingerprint(CertificateFingerprint)
    /// No verification.
    case off
}

/// SHA-256 fingerprint of a DER-encoded certificate, as `openssl x509 -fingerprint -sha256` shows it.
package struct CertificateFingerprint: Hashable, Sendable, CustomStringConvertible {
    /// 64 hexadecimal digits in lower case.
    private let digits: String

    /// - Parameter text: 64 hexadecimal digits, with or without colons between pairs.
    /// - Returns: `nil` for other text.
    package init?(_ text: String) {
        let digits = text.filter { $0 != ":" }.lowercased()
        let pairs = text.split(separator: ":", omittingEmptySubsequences: false)
        guard digits.utf8.count == 64, digits.allSatisfy({ $0.isHexDigit && $0.isASCII }),
            pairs.count == 1 || (pairs.count == 32 && pairs.allSatisfy { $0.count == 2 })
        else { return nil }
        self.digits = digits
    }

    /// - Parameter certificate: DER-encoded certificate.
    init(of certificate: UnsafeRawBufferPointer) {
        let checksum = Checksum()
        checksum.update(certificate)
        digits = checksum.finish()
    }

    package var description: String { digits }
}
