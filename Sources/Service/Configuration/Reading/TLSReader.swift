import Capture
import Yams

/// Reads how the server of an encrypted stream has to prove who it is. What a source says takes the place of all that
/// the defaults say of it.
struct TLSReader {
    let reading: DiagnosticContext

    func read(_ section: Section, into verification: inout TLSVerification) {
        var authorities: String?
        var fingerprint: CertificateFingerprint?
        var verifies = true
        let said = [
            section.read("ca", ValueParser.path.optional("off"), into: &authorities),
            section.read("fingerprint", Self.fingerprint.optional("off"), into: &fingerprint),
            section.read("verify", .flag, into: &verifies),
        ]
        guard said.contains(true) else { return }
        var choices: [TLSVerification] = []
        if let authorities { choices.append(.authorities(path: authorities)) }
        if let fingerprint { choices.append(.fingerprint(fingerprint)) }
        if !verifies { choices.append(.off) }
        guard choices.count < 2 else {
            return reading.refuse(section.place, "of \"ca\", \"fingerprint\" and \"verify: off\" there can be one")
        }
        verification = choices.first ?? .system
    }

    private static let fingerprint = ValueParser.scalar("its SHA-256 fingerprint, which has 64 hexadecimal digits") {
        CertificateFingerprint($0)
    }
}
