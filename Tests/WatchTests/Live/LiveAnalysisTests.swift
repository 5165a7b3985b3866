import Capture
import Foundation
import TestSupport
import Testing

@testable import Watch

/// Cameras that fail come back, and nobody else notices. Real connections over loopback, real video. All the ways of
/// failing are in FaultTests, where the program is watched from outside; here the sanitizers see what goes on.
@Suite(.enabled(if: Recording.isAvailable, Recording.reason), .serialized, .timeLimit(.minutes(10)))
struct LiveAnalysisTests {
    enum Fault: String, CaseIterable {
        case refuses, stalls

        func behaviour(_ bytes: [UInt8]) -> FaultServer.Behaviour {
            switch self {
            case .refuses: .refuse
            case .stalls: .stall(bytes, after: 2077)  // in the middle of a frame
            }
        }
    }

    @Test(arguments: Fault.allCases)
    func aCameraThatFailsComesBackAndHarmsNoOther(_ fault: Fault) throws {
        try Recording.withFolder { folder in
            let bytes = try Recording.stream(in: folder)
            let server = try FaultServer(.serve(bytes, seconds: 2))
            defer { server.stop() }
            let healthy = try FaultServer(.serve(bytes, seconds: 2))
            defer { healthy.stop() }
            // Only what stalls for good is to be given up, and not what waits for a processor.
            let other = try LiveRun.stream("other", healthy.url, readTimeout: 60)
            let run = try LiveRun([LiveRun.stream("camera", server.url, readTimeout: 5), other], in: folder)
            try run.require { run.status(0).samples > 5 && run.status(1).samples > 5 }

            server.set(fault.behaviour(bytes))
            try run.require { (try? run.types(of: "camera").contains("source_lost")) == true }
            let othersBefore = run.status(1).connections
            server.set(.serve(bytes, seconds: 2))
            let samples = run.status(0).samples
            let time = run.wait { run.status(0).state == .live && run.status(0).samples > samples + 5 }
            print("\(fault.rawValue): back after \(time.map { "\(($0 * 10).rounded() / 10) s" } ?? "ever")")
            #expect(time != nil)

            #expect(run.stop())
            let types = try run.types(of: "camera")
            #expect(types.count { $0 == "source_lost" } == 1, "\(types)")
            #expect(types.count { $0 == "source_found" } == 1, "\(types)")
            #expect(try run.types(of: "other").allSatisfy { !$0.hasPrefix("source") })
            #expect(run.status(1).connections == othersBefore)
            try expectPairs(run)
        }
    }

    @Test func anOutageThatIsShorterThanTheGraceTimeIsNoNews() throws {
        try Recording.withFolder { folder in
            let bytes = try Recording.stream(in: folder)
            let server = try FaultServer(.hangUp(bytes, seconds: 2, after: 1.5))
            defer { server.stop() }
            let run = try LiveRun(
                [LiveRun.stream("camera", server.url, settings: LiveRun.settings(grace: 60))], in: folder)
            try run.require { run.status().connections > 2 }
            #expect(run.stop())
            #expect(try run.types(of: "camera").allSatisfy { !$0.hasPrefix("source") })
        }
    }

    @Test func aCameraThatWasNeverThereIsLostOnce() throws {
        try Recording.withFolder { folder in
            let server = try FaultServer(.refuse)
            defer { server.stop() }
            let run = try LiveRun([LiveRun.stream("camera", server.url)], in: folder)
            try run.require { (try? run.types(of: "camera").contains("source_lost")) == true }
            #expect(try run.lines(of: "camera").first?["reason"] as? String == "connection refused")
            #expect(run.stop())
            #expect(try run.types(of: "camera") == ["source_lost"])
        }
    }

    @Test func aRecordingAsACameraEndsByItself() throws {
        try Recording.with { folder, clip in
            let run = try LiveRun([LiveRun.file("clip", clip, loops: false)], in: folder)
            #expect(run.waitForEnd())
            #expect(run.status().state == .ended)
            #expect((38...42).contains(run.status().samples), "four seconds at ten a second")
        }
    }

    @Test func aRecordingThatLoopsGoesOnInTime() throws {
        try Recording.withFolder { folder in
            let path = folder + "/loop.ts"
            try Data(try Recording.stream(in: folder, seconds: 1)).write(to: URL(fileURLWithPath: path))
            let run = try LiveRun([LiveRun.file("clip", path)], in: folder)
            try run.require { run.status().samples > 25 }
            #expect(run.stop())
            #expect(try run.types(of: "clip").allSatisfy { !["clock_step", "source_lost"].contains($0) })
            try expectPairs(run, of: "clip")
        }
    }

    /// The motion gate, which passes over what repeats, does not hide it.
    @Test(arguments: [true, false])
    func aSourceWhoseFramesRepeatIsFrozenOnceAndThawedOnce(_ motion: Bool) throws {
        try Recording.withFolder { folder in
            let path = folder + "/frozen.mkv"
            try Recording.freezing(path, seconds: 3)
            var settings = LiveRun.settings()
            settings.frozenAfter = 1
            settings.motion.enabled = motion
            let run = try LiveRun([LiveRun.file("clip", path, loops: false, settings: settings)], in: folder)
            try run.require { run.status().frozenSince != nil }
            try run.require { run.status().frozenSince == nil }
            #expect(run.waitForEnd())
            let events = try run.lines(of: "clip").filter { ($0["type"] as? String)?.hasPrefix("source") == true }
            #expect(events.compactMap { $0["type"] as? String } == ["source_frozen", "source_thawed"])
            #expect(Set(events.compactMap { $0["id"] as? String }).count == 1)
            let duration = try #require(events.last?["duration"] as? Double)
            #expect(duration > 2.5, "\(duration)")
        }
    }

    /// The second recording is played as fast as the first, its events go on, and it is said once.
    @Test func aRecordingWhoseTimeStampsJumpBackGoesOnInTime() throws {
        try Recording.withFolder { folder in
            let path = folder + "/joined.ts"
            try Recording.joined(path, in: folder)
            let run = try LiveRun([LiveRun.file("clip", path, loops: false)], in: folder)
            #expect(run.waitForEnd())
            #expect((76...84).contains(run.status().samples), "\(run.status().samples): eight seconds at ten a second")
            let lines = try run.lines(of: "clip")
            #expect(lines.count { $0["type"] as? String == "clock_step" } == 1)
            #expect(lines.allSatisfy { $0["reason"] as? String != "source_lost" })
            try expectPairs(run, of: "clip")
            try expectSpans(lines)
        }
    }

    /// An event lasts as long as its time stamps say.
    private func expectSpans(_ lines: [[String: Any]]) throws {
        for end in lines where end["type"] as? String == "end" {
            let start = try #require(
                lines.first { $0["type"] as? String == "start" && $0["id"] as? String == end["id"] as? String })
            let span = try #require(end["media"] as? Double) - (try #require(start["media"] as? Double))
            #expect(abs(span - (try #require(end["duration"] as? Double))) < 0.2)
        }
    }

    @Test func aSourceIsNeverFrozenIfNobodyWantsToKnow() throws {
        try Recording.withFolder { folder in
            let path = folder + "/frozen.mkv"
            try Recording.freezing(path, seconds: 1)
            var settings = LiveRun.settings()
            settings.frozenAfter = 0
            let run = try LiveRun([LiveRun.file("clip", path, loops: false, settings: settings)], in: folder)
            #expect(run.waitForEnd())
            #expect(try run.types(of: "clip").allSatisfy { !$0.hasPrefix("source") })
        }
    }

    /// Everything that began has ended, once.
    private func expectPairs(_ run: LiveRun, of source: String = "camera") throws {
        let lines = try run.lines(of: source)
        let starts = lines.filter { $0["type"] as? String == "start" }.compactMap { $0["id"] as? String }
        let ends = lines.filter { $0["type"] as? String == "end" }.compactMap { $0["id"] as? String }
        #expect(!starts.isEmpty)
        #expect(starts.sorted() == ends.sorted())
        #expect(Set(starts).count == starts.count)
    }
}
