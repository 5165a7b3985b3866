import Basics
import Capture
import Foundation
import TestSupport
import Testing

@testable import Watch

/// Calls of the system that hang: they cannot be ended, and harm nobody.
@Suite(.timeLimit(.minutes(10))) struct LiveHangTests {
    @Test(arguments: [HangingSource.Step.open, .nextFrame, .close])
    func aCallThatHangsIsToldAndTriedAgainWhenItReturns(_ step: HangingSource.Step) throws {
        try Recording.withFolder { folder in
            let gate = HangingSource.Gate()
            let run = try LiveRun([HangingSource.live("stuck", step, gate)], in: folder)
            try run.require { run.status().failures == 1 }
            #expect(run.status().lastFailure?.contains("has hung for") == true, "\(run.status().lastFailure ?? "")")
            #expect(run.analysis.health.supervisors[0].due == .infinity, "nothing is expected of it")
            try run.require { (try? run.types(of: "stuck")) == ["source_lost"] }
            usleep(1_500_000)  // nothing may happen for longer than the delay of a retry
            #expect(gate.count == 1, "there is no other attempt while one hangs")

            gate.open()
            try run.require { run.status().failures == 2 }
            #expect(run.stop())
            gate.open()
        }
    }

    /// With a queue of Dispatch for each, 255 of them would take all the threads that there are.
    @Test(.enabled(if: Recording.isAvailable, Recording.reason))
    func threeHundredSourcesThatHangLeaveALiveOneUntouched() throws {
        try Recording.withFolder { folder in
            let clip = folder + "/clip.ts"
            try Data(try Recording.stream(in: folder)).write(to: URL(fileURLWithPath: clip))
            let gate = HangingSource.Gate()
            let stuck = (0..<300).map { HangingSource.live("stuck \($0)", .open, gate) }
            let run = try LiveRun(stuck, in: folder)
            try run.require { gate.count == 300 }
            #expect(run.analysis.add(LiveRun.file("live", clip)))
            try run.require { run.status(300).samples > 20 }
            #expect(run.status(300).connections == 1)

            let start = Date()
            #expect(run.stop())
            print("stopping beside 300 sources that hang took \(Date().timeIntervalSince(start)) s")
            for _ in 0..<300 { gate.open() }
            try run.require { gate.count == 0 }
        }
    }

    /// A file of a server that is gone, say: the reload goes on with another.
    @Test func aSourceThatHangsCanBeRemoved() throws {
        try Recording.withFolder { folder in
            let gate = HangingSource.Gate()
            let run = try LiveRun([HangingSource.live("stuck", .open, gate)], in: folder, endsWithSources: false)
            try run.require { gate.count == 1 }
            let gone = Mutex(false)
            #expect(run.analysis.remove("stuck") { gone.withLock { $0 = true } })
            try run.require { gone.withLock { $0 } }
            #expect(gate.count == 1)
            #expect(run.stop())
            gate.open()
        }
    }
}
