import Foundation
import TestSupport
import Testing

/// What disturbs a camera's stream and is no outage: nothing is said to be lost, nothing is said to be found, and
/// frames are looked at as before.
@Suite(.enabled(if: Peers.canRun, Peers.reason), .timeLimit(.minutes(20))) struct DisturbanceTests {
    /// Seconds after which the stream is another. By then both cameras are watched and the program has settled.
    private static let change = 7

    /// The grace time is three seconds: a pause of one between two connections is none.
    @Test func aCameraThatClosesEveryTwoSecondsIsNeverLost() throws {
        try Recording.withFolder { folder in
            let server = try FaultServer(try Scene.monotonic())
            defer { server.stop() }
            let hangUp = FaultServer.Behaviour.hangUp(try Scene.stream(), seconds: Scene.seconds, after: 2)
            try Trial.run("closes every 2 s", camera: server.url, in: folder) { trial in
                let before = server.connections
                server.set(hangUp)
                Trial.sleep(14)
                #expect(server.connections - before >= 4, "it is asked again after a second each time")
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

    /// libavformat keeps the codec that a transport stream had first, and the decoder makes nothing of what comes. When
    /// that has been so for 2.5 s, the connection is made anew at once.
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

    /// It is said that the clock has gone its own way, once.
    @Test(arguments: [3600, -3600])
    func timeStampsThatJumpByAnHourAreToldOnce(_ jump: Int) throws {
        try expectNoTrouble(
            "time stamps jump by \(jump > 0 ? "+" : "−")1 h", clockSteps: 1,
            first: Scene.part(seconds: Self.change, offset: 4000),
            then: Scene.part(seconds: 60, offset: 4000 + Self.change + jump))
    }

    /// All of the few frames are looked at.
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

    /// A camera's stream changes in the middle of a connection.
    ///
    /// - Parameters:
    ///   - connections: how many it takes until the end.
    ///   - longestPause: for how many seconds no frame may come.
    ///   - clockSteps: how often it is said that its clock has gone its own way.
    ///   - rate: frames in a second that are looked at afterwards.
    private func expectNoTrouble(
        _ name: String, connections: Int = 1, longestPause: Double = Trial.longestRecovery, clockSteps: Int = 0,
        rate: Double = 10,
        first: (bytes: [UInt8], seconds: Double)? = nil, between: (bytes: [UInt8], seconds: Double)? = nil,
        then: (bytes: [UInt8], seconds: Double)
    ) throws {
        try Recording.withFolder { folder in
            let first = try first ?? Scene.part(seconds: Self.change)
            let server = try FaultServer(.serveInTurn([first, between, then].compactMap { $0 }))
            defer { server.stop() }
            let start = Date().timeIntervalSince1970
            try Trial.run(name, camera: server.url, in: folder) { trial in
                Trial.sleep(max(0, start + Double(Self.change) + 1.5 - Date().timeIntervalSince1970))
                try trial.waitForReturn(pictures: Int(rate))
                let back = Date().timeIntervalSince1970
                Trial.sleep(4)
                try trial.require("the last of some seconds' frames", within: 15) {
                    try Double(trial.watch.samples(of: "camera", from: back).count) >= 4 * rate
                }
                #expect(server.connections == connections)
                #expect(try trial.count("clock_step") == clockSteps)
                return .neverLost(longestPause: longestPause)
            }
        }
    }
}
