import Basics

/// How the server of an encrypted stream (https, rtsps, rtmps) has to prove who it is.
package enum TLSVerification: Equatable, Sendable {
    /// Its certificate is for the host of the address, and signed by an authority that this machine trusts.
    case system
    /// The same, with the authorities, or the server's own certificate, of a PEM file.
    case authorities(path: String)
    /// It has the certificate with this fingerprint, whatever its name, age and signature.
    case fingerprint(CertificateFingerprint)
    /// It need not.
    case off
}

/// The SHA-256 of a certificate in its binary form, as `openssl x509 -fingerprint -sha256` shows it.
package struct CertificateFingerprint: Hashable, Sendable, CustomStringConvertible {
    /// 64 hexadecimal digits in lower case.
    private let digits: String

    /// - Parameter text: 64 hexadecimal digits, with or without colons between pairs.
    /// - Returns: `nil` if it is none.
    package init?(_ text: String) {
        let digits = text.filter { $0 != ":" }.lowercased()
        let pairs = text.split(separator: ":", omittingEmptySubsequences: false)
        guard digits.utf8.count == 64, digits.allSatisfy({ $0.isHexDigit && $0.isASCII }),
            pairs.count == 1 || (pairs.count == 32 && pairs.allSatisfy { $0.count == 2 })
        else { return nil }
        self.digits = digits
    }

    /// - Parameter certificate: in its binary form (DER).
    init(of certificate: UnsafeRawBufferPointer) {
        let checksum = Checksum()
        checksum.update(certificate)
        digits = checksum.finish()
    }

    package var description: String { digits }
}
