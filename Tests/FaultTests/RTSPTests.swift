import Foundation
import TestSupport
import Testing

/// RTSP cameras, played by GStreamer's server.
@Suite(.enabled(if: Peers.hasRTSP, Peers.noRTSP), .timeLimit(.minutes(20))) struct RTSPTests {
    enum Transport: String, CaseIterable { case tcp, udp }

    /// Each connection needs the password.
    @Test(arguments: Transport.allCases)
    func aCameraThatIsUnpluggedIsBackInFiveSeconds(_ transport: Transport) throws {
        try Recording.withFolder { folder in
            let server = try Peers.rtsp(user: "admin", password: "hunter2", in: folder)
            defer { server.kill() }
            try Trial.run(
                "RTSP over \(transport.rawValue.uppercased()), killed",
                camera: "rtsp://admin:hunter2@127.0.0.1:\(server.port)/live",
                options: ["--transport", transport.rawValue], in: folder
            ) { trial in
                try trial.outage {
                    server.kill()
                } end: {
                    try server.start()
                }
            }
        }
    }

    @Test(arguments: Transport.allCases)
    func aCameraThatHangsIsBackInFiveSeconds(_ transport: Transport) throws {
        try Recording.withFolder { folder in
            let server = try Peers.rtsp(in: folder)
            defer { server.kill() }
            try Trial.run(
                "RTSP over \(transport.rawValue.uppercased()), hangs", camera: "rtsp://127.0.0.1:\(server.port)/live",
                options: ["--transport", transport.rawValue], in: folder
            ) { trial in
                try trial.outage {
                    server.hang()
                } end: {
                    server.goOn()
                }
            }
        }
    }

    @Test func aPasswordThatIsWrongIsToldAndNotShown() throws {
        try Recording.withFolder { folder in
            let server = try Peers.rtsp(user: "admin", password: "hunter2", in: folder)
            defer { server.kill() }
            let address = "rtsp://admin:hunter3@127.0.0.1:\(server.port)/live"
            let watch = try WatchProcess(camera: address, other: address, options: ["-v"], in: folder)
            defer { watch.kill() }
            let areLost = try TestTimeout.wait {
                try !watch.events(of: "camera").isEmpty && !watch.events(of: "other").isEmpty
            }
            #expect(areLost, "\(watch.errors)")
            #expect(watch.stop() == 0)
            let events = try watch.events(of: "camera") + watch.events(of: "other")
            #expect(events.map(\.type) == ["source_lost", "source_lost"])
            #expect(events.allSatisfy { ($0["reason"] as? String)?.contains("401") == true }, "\(events)")
            for secret in ["hunter", "admin"] {
                #expect(!"\(events) \(watch.errors)".contains(secret), "\(watch.errors)")
            }
        }
    }
}
