import Capture
import Dispatch
import Foundation
import TestSupport
import Testing

@testable import Watch

/// Sources may come and go while others are watched.
@Suite(.enabled(if: Recording.isAvailable, Recording.reason), .timeLimit(.minutes(10))) struct LiveChangeTests {
    @Test func sourcesComeAndGoAndNoOtherNotices() throws {
        try Recording.withFolder { folder in
            let clip = folder + "/clip.ts"
            try Data(try Recording.stream(in: folder)).write(to: URL(fileURLWithPath: clip))
            let run = try LiveRun([LiveRun.file("stays", clip)], in: folder)
            try run.require { run.status().samples > 5 }
            #expect(run.analysis.add(LiveRun.file("comes", clip, settings: LiveRun.settings(enter: 0.05))))
            #expect(
                !run.analysis.add(LiveRun.file("comes", clip, settings: LiveRun.settings(enter: 0.05))),
                "a name is taken")
            try run.require { run.status(1).samples > 15 }

            let gone = DispatchSemaphore(value: 0)
            #expect(run.analysis.remove("comes") { gone.signal() })
            #expect(gone.wait(timeout: .now() + TestTimeout.seconds) == .success)
            #expect(!run.analysis.remove("comes"))
            #expect(run.analysis.statuses.map(\.name) == ["stays"])
            #expect(
                run.analysis.add(LiveRun.file("comes", clip, settings: LiveRun.settings(enter: 0.05))),
                "it may come again")
            try run.require { run.status(1).samples > 5 }

            #expect(run.status().connections == 1)
            #expect(run.stop())
            #expect(!run.analysis.add(LiveRun.file("late", clip)), "everything is over")
            let lines = try run.lines(of: "comes")
            #expect(lines.count { $0["type"] as? String == "start" } == lines.count { $0["type"] as? String == "end" })
            #expect(lines.contains { $0["reason"] as? String == "shutdown" })
        }
    }

    /// Another threshold is no reason to read a source anew.
    @Test func otherThingsAreLookedForWithoutANewConnection() throws {
        try Recording.withFolder { folder in
            let clip = folder + "/clip.ts"
            try Data(try Recording.stream(in: folder)).write(to: URL(fileURLWithPath: clip))
            let run = try LiveRun([LiveRun.file("clip", clip, settings: LiveRun.settings(enter: 0.05))], in: folder)
            try run.require { run.status().events > 0 }
            #expect(run.analysis.decide("clip", by: LiveRun.settings(enter: 1).regions))
            try run.require { (try? run.lines(of: "clip").contains { $0["reason"] as? String == "shutdown" }) == true }
            let (events, samples) = (run.status().events, run.status().samples)
            try run.require { run.status().samples > samples + 10 }
            #expect(run.status().events == events, "nothing is that sure")

            #expect(run.analysis.decide("clip", by: LiveRun.settings(enter: 0.05).regions))
            try run.require { run.status().events > events }
            #expect(
                !run.analysis.decide(
                    "clip", by: LiveRun.settings(regions: [Region(name: "a", x: 0, y: 0, width: 1, height: 1)]).regions)
            )
            #expect(!run.analysis.decide("nobody", by: LiveRun.settings().regions))
            #expect(run.status().connections == 1)
            #expect(run.stop())
        }
    }

    @Test func aServiceOutlivesItsSources() throws {
        try Recording.with { folder, clip in
            let run = try LiveRun([], in: folder, endsWithSources: false)
            #expect(!run.waitForEnd(seconds: 0.2))
            #expect(run.analysis.add(LiveRun.file("clip", clip, loops: false)))
            try run.require { run.status().state == .ended }
            #expect(!run.waitForEnd(seconds: 0.2))
            #expect(run.stop())
        }
    }
}
