import Foundation
import TestSupport
import Testing

/// A camera that repeats one frame, and a camera with a high frame rate.
@Suite(.enabled(if: Peers.canRun, Peers.reason), .timeLimit(.minutes(20))) struct FreezeTests {
    /// Uses the motion gate, which does not sample repeated frames.
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
                // Repeated frames are not sampled.
                return .neverLost(longestPause: 12)
            }
        }
    }

    /// Frames are sampled at the requested rate.
    @Test func aCameraOfAHundredFramesASecondTakesNothingFromTheOther() throws {
        try Recording.withFolder { folder in
            let stream = try Scene.part(seconds: 60, rate: 100)
            let server = try FaultServer(.serve(stream.bytes, seconds: stream.seconds))
            defer { server.stop() }
            try Trial.run("100 frames/s", camera: server.url, in: folder) { trial in
                let start = Date().timeIntervalSince1970
                try trial.require("frames of five seconds", within: 20) {
                    try !trial.watch.samples(of: "camera", from: start + 5).isEmpty
                }
                let samples = try trial.watch.samples(of: "camera", from: start).filter { $0 < start + 5 }
                #expect((45...55).contains(samples.count), "\(samples.count) in five seconds")
                #expect(try trial.count("clock_step") == 0 && server.connections == 1)
                return .neverLost()
            }
        }
    }
}
