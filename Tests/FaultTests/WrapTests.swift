import Foundation
import TestSupport
import Testing

/// Time stamps that wrap: the 33 bits of MPEG-TS after 26.5 h, the 32 bits of RTP after 13 h. The streams begin shortly
/// before that. No source is lost, and no record is written.
@Suite(.enabled(if: Peers.canRun, Peers.reason), .timeLimit(.minutes(20))) struct WrapTests {
    /// Seconds after which the time stamps of a transport stream wrap.
    private static let wrap = Int(8_589_934_592.0 / 90_000)

    @Test func aTransportStreamThatWrapsIsNoTrouble() throws {
        try Recording.withFolder { folder in
            let stream = try Scene.part(seconds: 60, offset: Self.wrap - 12)
            let server = try FaultServer(.serve(stream.bytes, seconds: stream.seconds))
            defer { server.stop() }
            try Self.run("MPEG-TS time stamps wrap after 26.5 h", server, clockSteps: 0, in: folder)
        }
    }

    /// libavformat corrects one wrap. In a connection of more than 26.5 h, time stamps return to the first value. A jump
    /// of the time stamps makes that happen soon.
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
        try Trial.run(name, camera: server.url, in: folder) { trial in
            try trial.waitForStream(seconds: 14)
            try trial.waitForReturn()
            #expect(server.connections == 1)
            #expect(try trial.count("clock_step") == clockSteps)
            return .neverLost()
        }
    }

    @Test(.enabled(if: Peers.hasRTSP, Peers.noRTSP), arguments: ["tcp", "udp"])
    func anRTPCounterThatWrapsIsNoTrouble(_ transport: String) throws {
        try Recording.withFolder { folder in
            // 32 bits at 90 kHz. Wraps after 10 s.
            let server = try Peers.rtsp(timestampOffset: 4_294_967_296 - 10 * 90_000, in: folder)
            defer { server.kill() }
            try Trial.run(
                "RTP time stamps wrap after 13 h, over \(transport.uppercased())",
                camera: "rtsp://127.0.0.1:\(server.port)/live", options: ["--transport", transport], in: folder
            ) { trial in
                try trial.waitForStream(seconds: 14)
                try trial.waitForReturn()
                #expect(try trial.count("clock_step") == 0)
                return .neverLost()
            }
        }
    }
}
