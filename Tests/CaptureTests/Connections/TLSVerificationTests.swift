import Foundation
import TestSupport
import Testing

@testable import Capture

/// Encrypted streams: nothing is sent to a server before it is known to be the right one.
@Suite(.enabled(if: TLSRelay.isAvailable, TLSRelay.reason), .timeLimit(.minutes(10))) struct TLSVerificationTests {
    /// A server's certificate, and what is said of it.
    enum Certificate: String, CaseIterable {
        case selfSigned = "is not signed by a trusted authority"
        case ofAnUnknownAuthority = "not signed by a trusted authority"
        case forAnotherName = "is not for localhost"
        case expired = "has expired"
    }

    @Test(arguments: ["https", "rtsps", "rtmps"], Certificate.allCases)
    func aServerThatCannotProveWhoItIsGetsNotOneByte(_ scheme: String, _ certificate: Certificate) throws {
        try Recording.withFolder { folder in
            let authority = try TLSRelay.authority(in: folder)
            let (identity, verification): (TLSRelay.Identity, TLSVerification) =
                switch certificate {
                case .selfSigned: (try TLSRelay.selfSigned("DNS:localhost", in: folder), .system)
                case .ofAnUnknownAuthority: (try TLSRelay.signed(by: authority, "DNS:localhost", in: folder), .system)
                case .forAnotherName:
                    (
                        try TLSRelay.signed(by: authority, "DNS:camera.example", in: folder),
                        .authorities(path: authority.certificate)
                    )
                case .expired:
                    (
                        try TLSRelay.signed(by: authority, "DNS:localhost", days: -1, in: folder),
                        .authorities(path: authority.certificate)
                    )
                }
            let outcome = try ask(scheme, "localhost", identity, verification)
            #expect(outcome.requests.isEmpty && outcome.connections == 0)
            #expect(outcome.reason.contains(certificate.rawValue), "\(outcome.reason)")
            #expect(outcome.reason.contains(try identity.fingerprint()), "it can be pinned")
            #expect(!outcome.reason.contains("hunter2"))
        }
    }

    /// The password reaches a server that proves who it is.
    @Test(arguments: ["https", "rtsps"])
    func aServerWithACertificateOfAKnownAuthorityGetsTheLogin(_ scheme: String) throws {
        try Recording.withFolder { folder in
            let authority = try TLSRelay.authority(in: folder)
            let identity = try TLSRelay.signed(by: authority, "DNS:localhost", in: folder)
            try expectLogin(scheme, identity, .authorities(path: authority.certificate))
            let numbered = try TLSRelay.signed(by: authority, "IP:127.0.0.1", in: folder)
            try expectLogin(scheme, host: "127.0.0.1", numbered, .authorities(path: authority.certificate))
            let named = try ask(scheme, "127.0.0.1", identity, .authorities(path: authority.certificate))
            #expect(named.connections == 0 && named.reason.contains("is not for 127.0.0.1"), "\(named.reason)")
        }
    }

    /// Cameras have certificates that they signed themselves, for no name and until some day long ago.
    @Test(arguments: ["https", "rtsps"])
    func aPinnedCertificateIsEnoughAndNoOtherIs(_ scheme: String) throws {
        try Recording.withFolder { folder in
            let identity = try TLSRelay.selfSigned("DNS:camera.example", days: -1, in: folder)
            let pin = try #require(CertificateFingerprint(try identity.fingerprint()))
            try expectLogin(scheme, identity, .fingerprint(pin))
            let other = try TLSRelay.selfSigned("DNS:localhost", in: folder)
            let outcome = try ask(scheme, "localhost", other, .fingerprint(pin))
            #expect(outcome.connections == 0 && outcome.reason.contains("is not the pinned one"), "\(outcome.reason)")
            try expectLogin(scheme, other, .authorities(path: other.certificate))
            try expectLogin(scheme, identity, .off)
        }
    }

    @Test(arguments: [
        (String(repeating: "aB", count: 32), true), (Array(repeating: "0F", count: 32).joined(separator: ":"), true),
        (String(repeating: "a", count: 63), false), (String(repeating: "g", count: 64), false), ("", false),
        ("a:" + String(repeating: "a", count: 63), false),
    ])
    func fingerprintsAreReadAsOpenSSLPrintsThem(_ text: String, _ isOne: Bool) {
        #expect((CertificateFingerprint(text) != nil) == isOne)
    }

    @Test func theLibrariesCallThisProgramsFunctions() {
        #expect(ConnectionGuard.canVerify)
        #expect(ConnectionGuard.canJudgeAddresses)
    }

    // MARK: - Parts

    private func expectLogin(
        _ scheme: String, host: String = "localhost", _ identity: TLSRelay.Identity, _ verification: TLSVerification
    ) throws {
        let outcome = try ask(scheme, host, identity, verification)
        let login = "Authorization: Basic " + Data("admin:hunter2".utf8).base64EncodedString()
        #expect(outcome.requests.contains { $0.contains(login) }, "\(outcome)")
    }

    /// Opens a stream of a server that wants a password.
    private func ask(
        _ scheme: String, _ host: String, _ identity: TLSRelay.Identity, _ verification: TLSVerification
    ) throws -> (connections: Int, requests: [String], reason: String) {
        let server = try ScriptedServer { request in
            let challenge = ["WWW-Authenticate: Basic realm=\"camera\""]
            return request.contains("RTSP/1.0")
                ? ScriptedServer.rtsp("401 Unauthorized", to: request, headers: challenge)
                : ScriptedServer.http("401 Unauthorized", headers: challenge)
        }
        defer { server.stop() }
        let relay = try TLSRelay.start(identity, target: server.port)
        defer { relay.kill() }
        let source = StreamSource(
            url: try StreamURL("\(scheme)://admin:hunter2@\(host):\(relay.port)/live"), sampling: .all,
            options: StreamOptions(tls: verification), interruption: CancellationToken())
        do {
            try source.open()
            return (server.connections, server.requests, "it was opened")
        } catch {
            return (server.connections, server.requests, "\(error)")
        }
    }
}
