import Foundation
import TestSupport
import Testing

/// Counters of time stamps that begin anew, which takes them hours: 33 bits of MPEG-TS 26.5, 32 bits of RTP 13. The
/// streams begin shortly before that. Nothing is lost, and nothing is said.
@Suite(.enabled(if: Peers.canRun, Peers.reason), .timeLimit(.minutes(20))) struct WrapTests {
    /// Seconds of a transport stream until its counter begins anew.
    private static let wrap = Int(8_589_934_592.0 / 90_000)

    @Test func aTransportStreamThatWrapsIsNoTrouble() throws {
        try Recording.withFolder { folder in
            let stream = try Scene.part(seconds: 60, offset: Self.wrap - 12)
            let server = try FaultServer(.serve(stream.bytes, seconds: stream.seconds))
            defer { server.stop() }
            try Self.run("MPEG-TS time stamps wrap after 26.5 h", server, clockSteps: 0, in: folder)
        }
    }

    /// libavformat adds up to one round. A connection that lasts for longer than 26.5 hours begins anew where it began:
    /// that is what is seen here, behind a jump that makes it come soon.
    @Test func aConnectionThatLastsForMoreThanARoundIsNoTrouble() throws {
        try Recording.withFolder { folder in
            let first = try Scene.part(seconds: 7, offset: 64)
            let then = try Scene.part(seconds: 60, offset: Self.wrap - 3)
            let server = try FaultServer(.serveInTurn([first, then]))
            defer { server.stop() }
            try Self.run("MPEG-TS time stamps wrap in a connection of 26.5 h", server, clockSteps: 1, in: folder)
        }
    }

    private static func run(_ name: String, _ server: FaultServer, clockSteps: Int, in folder: String) throws {
        let start = Date().timeIntervalSince1970
        try Trial.run(name, camera: server.url, in: folder) { trial in
            Trial.sleep(max(0, start + 15 - Date().timeIntervalSince1970))
            try trial.waitForReturn()
            #expect(server.connections == 1)
            #expect(try trial.count("clock_step") == clockSteps)
            return .neverLost()
        }
    }

    @Test(.enabled(if: Peers.hasRTSP, Peers.noRTSP), arguments: ["tcp", "udp"])
    func anRTPCounterThatWrapsIsNoTrouble(_ transport: String) throws {
        try Recording.withFolder { folder in
            // Of 90 000 a second, 32 bits.
            let server = try Peers.rtsp(timestampOffset: 4_294_967_296 - 10 * 90_000, in: folder)
            defer { server.kill() }
            try Trial.run(
                "RTP time stamps wrap after 13 h, over \(transport.uppercased())",
                camera: "rtsp://127.0.0.1:\(server.port)/live", options: ["--transport", transport], in: folder
            ) { trial in
                Trial.sleep(14)
                try trial.waitForReturn()
                #expect(try trial.count("clock_step") == 0)
                return .neverLost()
            }
        }
    }
}
