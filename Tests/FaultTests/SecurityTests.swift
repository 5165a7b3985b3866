import Foundation
import TestSupport
import Testing

/// Hostile cameras: they get no password, and the other camera is not affected.
@Suite(.enabled(if: Peers.canRun && TLSRelay.isAvailable, Peers.reason), .timeLimit(.minutes(20))) struct SecurityTests
{
    enum Certificate: String, CaseIterable {
        case selfSigned = "self-signed"
        case forAnotherName = "for another name"
        case expired = "expired"
    }

    @Test(arguments: Certificate.allCases)
    func aCameraThatCannotProveWhoItIsGetsNothing(_ certificate: Certificate) throws {
        try Recording.withFolder { folder in
            let authority = try TLSRelay.authority(in: folder)
            let trust = ["--tls-ca", authority.certificate]
            let (identity, options, reason): (TLSRelay.Identity, [String], String) =
                switch certificate {
                case .selfSigned:
                    (try TLSRelay.selfSigned("DNS:localhost", in: folder), [], "is not signed by a trusted authority")
                case .forAnotherName:
                    (
                        try TLSRelay.signed(by: authority, "DNS:camera.example", in: folder), trust,
                        "is not for localhost"
                    )
                case .expired:
                    (try TLSRelay.signed(by: authority, "DNS:localhost", days: -1, in: folder), trust, "has expired")
                }
            let server = try Self.lockedServer()
            defer { server.stop() }
            let relay = try TLSRelay.start(identity, target: server.port)
            defer { relay.kill() }
            let trial = RefusalTrial(name: "RTSP over TLS, certificate \(certificate.rawValue)", reason: reason)
            try trial.run(camera: "rtsps://admin:hunter2@localhost:\(relay.port)/live", options: options, in: folder) {
                _ in
                #expect(server.connections == 0)
                return "\(server.requests.count) requests sent"
            }
        }
    }

    /// Hikvision's cameras lock out an address for half an hour after seven logins that fail.
    @Test func aWrongPasswordIsTriedOnceInHalfAMinute() throws {
        try Recording.withFolder { folder in
            let server = try Self.lockedServer()
            defer { server.stop() }
            let start = Date()
            let trial = RefusalTrial(name: "RTSP, wrong password", reason: "next login in 30 s")
            try trial.run(camera: "rtsp://admin:hunter2@127.0.0.1:\(server.port)/live", in: folder) { _ in
                let logins = server.requests.count { $0.contains("Authorization:") }
                #expect(logins == 1)
                return String(format: "%d login in %.0f s", logins, -start.timeIntervalSinceNow)
            }
        }
    }

    /// 216 kB of H.264, whose frames would need 2.4 GB.
    @Test func aCameraWithHugeFramesTakesNoMoreThanItsPart() throws {
        try Recording.withFolder { folder in
            let bytes = try Self.hugeFrames()
            let server = try FaultServer(.serve(bytes, seconds: 4.8))
            defer { server.stop() }
            let trial = RefusalTrial(
                name: "frames of 8192x8192, 16 of them kept", reason: "larger than max_frame_size, which is 4096x2304")
            try trial.run(camera: server.url, in: folder) { watch in
                let memory = watch.peakMemory / 1_000_000
                #expect(memory < 500 || Sanitizer.isUsed, "\(memory) MB with a debug build")
                return "\(memory) MB at most"
            }
        }
    }

    private static func hugeFrames() throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/gzip")
        process.arguments = [
            "-dc",
            URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("Fixtures/frames-8192x8192.ts.gz").path,
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = [UInt8](output.fileHandleForReading.readDataToEndOfFile())
        process.waitUntilExit()
        try #require(bytes.count == 216_576)
        return bytes
    }

    /// Starts an RTSP server that refuses every login.
    private static func lockedServer() throws -> ScriptedServer {
        try ScriptedServer { request in
            ScriptedServer.rtsp("401 Unauthorized", to: request, headers: ["WWW-Authenticate: Basic realm=\"camera\""])
        }
    }
}

/// RTSP over TLS with a pinned certificate.
@Suite(.enabled(if: Peers.hasRTSP && TLSRelay.isAvailable, Peers.noRTSP), .timeLimit(.minutes(20)))
struct PinnedCameraTests {
    @Test func aPinnedCameraThatIsUnpluggedIsBackInFiveSeconds() throws {
        try Recording.withFolder { folder in
            let server = try Peers.rtsp(user: "admin", password: "hunter2", in: folder)
            defer { server.kill() }
            let identity = try TLSRelay.selfSigned("DNS:camera.example", days: -1, in: folder)
            let relay = try TLSRelay.start(identity, target: server.port)
            defer { relay.kill() }
            try Trial.run(
                "RTSP over TLS, pinned, killed", camera: "rtsps://admin:hunter2@127.0.0.1:\(relay.port)/live",
                options: ["--tls-fingerprint", try identity.fingerprint()], in: folder
            ) { trial in
                try trial.outage {
                    relay.kill()
                } end: {
                    try relay.start()
                }
            }
        }
    }
}
