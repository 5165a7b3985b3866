import Foundation
import TestSupport
import Testing

/// Disturbances of a camera's stream that are no outage: no `source_lost`, no `source_found`, and frames are sampled as
/// before.
@Suite(.enabled(if: Peers.canRun, Peers.reason), .timeLimit(.minutes(20))) struct DisturbanceTests {
    /// Seconds after which the stream changes. Both cameras are live and the program has settled by then.
    private static let change = 7

    /// The grace time is three seconds: a pause of one second between two connections is no outage.
    @Test func aCameraThatClosesEveryTwoSecondsIsNeverLost() throws {
        try Recording.withFolder { folder in
            let server = try FaultServer(try Scene.monotonic())
            defer { server.stop() }
            let hangUp = FaultServer.Behaviour.hangUp(try Scene.stream(), seconds: Scene.seconds, after: 2)
            try Trial.run("closes every 2 s", camera: server.url, in: folder) { trial in
                let before = server.connections
                server.set(hangUp)
                // Two seconds each, and one until the next.
                try trial.require("five connections", within: 30) { server.connections - before >= 5 }
                server.set(try Scene.monotonic())
                try trial.waitForReturn()
                return .neverLost()
            }
        }
    }

    @Test func aSizeThatChangesWithinAConnectionIsNoTrouble() throws {
        try expectNoTrouble(
            "changes resolution in mid-connection", then: Scene.part(seconds: 60, size: "320x240", offset: Self.change))
    }

    /// libavformat keeps the first codec of a transport stream, and the decoder then gives no frame. Lookout reconnects
    /// at once when that has lasted 2.5 s.
    @Test func aCodecThatChangesWithinAConnectionIsNoOutage() throws {
        try expectNoTrouble(
            "changes codec in mid-connection", connections: 2, longestPause: Trial.longestRecovery,
            then: Scene.part(seconds: 60, size: "320x240", offset: Self.change, isH265: true))
    }

    @Test func aSizeAndACodecThatChangeBetweenConnectionsAreNoTrouble() throws {
        try Recording.withFolder { folder in
            let server = try FaultServer(try Scene.monotonic())
            defer { server.stop() }
            let other = try Scene.part(seconds: 60, size: "320x180", isH265: true)
            try Trial.run("changes resolution and codec between connections", camera: server.url, in: folder) { trial in
                server.set(.serve(other.bytes, seconds: other.seconds))
                try trial.waitForReturn()
                return .neverLost()
            }
        }
    }

    /// One `clock_step` reports the jump.
    @Test(arguments: [3600, -3600])
    func timeStampsThatJumpByAnHourAreToldOnce(_ jump: Int) throws {
        try expectNoTrouble(
            "time stamps jump by \(jump > 0 ? "+" : "−")1 h", clockSteps: 1,
            first: Scene.part(seconds: Self.change, offset: 4000),
            then: Scene.part(seconds: 60, offset: 4000 + Self.change + jump))
    }

    /// All frames are sampled.
    @Test func aCameraThatBecomesSlowIsNeverLost() throws {
        try expectNoTrouble(
            "1 frame a second after 30", rate: 1, first: Scene.part(seconds: Self.change, rate: 30),
            then: Scene.part(seconds: 60, rate: 1, offset: Self.change))
    }

    @Test func garbageInTheMiddleOfAStreamIsSkipped() throws {
        let garbage = (bytes: FaultServer.rubbish(40_000), seconds: 1.0)
        try expectNoTrouble(
            "garbage in mid-stream", between: garbage, then: Scene.part(seconds: 60, offset: Self.change + 1))
    }

    /// Changes the stream of a camera in the middle of a connection.
    ///
    /// - Parameters:
    ///   - name: name of the fault in the table.
    ///   - connections: number of connections until the end.
    ///   - longestPause: longest time without a frame, in seconds.
    ///   - clockSteps: number of `clock_step` records.
    ///   - rate: sampled frames per second after the change.
    ///   - first: stream before the change.
    ///   - between: bytes between the two streams.
    ///   - then: stream after the change.
    private func expectNoTrouble(
        _ name: String, connections: Int = 1, longestPause: Double = Trial.longestRecovery, clockSteps: Int = 0,
        rate: Double = 10,
        first: (bytes: [UInt8], seconds: Double)? = nil, between: (bytes: [UInt8], seconds: Double)? = nil,
        then: (bytes: [UInt8], seconds: Double)
    ) throws {
        try Recording.withFolder { folder in
            let first = try first ?? Scene.part(seconds: Self.change)
            let parts = [first, between, then].compactMap { $0 }
            let server = try FaultServer(.serveInTurn(parts))
            defer { server.stop() }
            try Trial.run(name, camera: server.url, in: folder) { trial in
                try trial.require("change of the stream", within: 20) { server.recording == parts.count - 1 }
                try trial.waitForReturn(frames: Int(rate))
                let back = Date().timeIntervalSince1970
                try trial.require("frames of four seconds", within: 20) {
                    try Double(trial.watch.samples(of: "camera", from: back).count) >= 4 * rate
                }
                #expect(server.connections == connections)
                #expect(try trial.count("clock_step") == clockSteps)
                return .neverLost(longestPause: longestPause)
            }
        }
    }
}
