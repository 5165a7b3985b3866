import Foundation
import TestSupport
import Testing

/// A camera whose frame stays as it is though its stream goes on; and one that sends many frames.
@Suite(.enabled(if: Peers.canRun, Peers.reason), .timeLimit(.minutes(20))) struct FreezeTests {
    /// With the motion gate, which passes over what repeats.
    @Test func aCameraThatFreezesIsToldOnceAndIsNeverLost() throws {
        try Recording.withFolder { folder in
            let frozen = try Scene.frozen(seconds: 8, offset: 7)
            let server = try FaultServer(
                .serveInTurn([
                    try Scene.part(seconds: 7), frozen, try Scene.part(seconds: 60, offset: 7 + Int(frozen.seconds)),
                ]))
            defer { server.stop() }
            try Trial.run(
                "frozen: the same frame for 8 s", camera: server.url, options: ["--frozen-after", "3"], in: folder
            ) { trial in
                try trial.require("source_frozen", within: 25) { try trial.count("source_frozen") == 1 }
                try trial.require("source_thawed", within: 25) { try trial.count("source_thawed") == 1 }
                try trial.waitForReturn()
                let events = try trial.watch.events(of: "camera").filter { $0.type.hasPrefix("source_") }
                #expect(events.map(\.type) == ["source_frozen", "source_thawed"])
                #expect(events.first?.id == events.last?.id)
                let seconds = try #require(events.last?["duration"] as? Double)
                #expect((7...11).contains(seconds), "\(seconds)")
                #expect(server.connections == 1)
                // A frame that repeats is no sample.
                return .neverLost(longestPause: 12)
            }
        }
    }

    /// As many are looked at as were asked for.
    @Test func aCameraOfAHundredFramesASecondTakesNothingFromTheOther() throws {
        try Recording.withFolder { folder in
            let stream = try Scene.part(seconds: 60, rate: 100)
            let server = try FaultServer(.serve(stream.bytes, seconds: stream.seconds))
            defer { server.stop() }
            try Trial.run("100 frames/s", camera: server.url, in: folder) { trial in
                let start = Date().timeIntervalSince1970
                Trial.sleep(6)
                let samples = try trial.watch.samples(of: "camera", from: start).filter { $0 < start + 5 }
                #expect((45...55).contains(samples.count), "\(samples.count) in five seconds")
                #expect(try trial.count("clock_step") == 0 && server.connections == 1)
                return .neverLost()
            }
        }
    }
}
