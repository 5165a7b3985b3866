import Basics
import Capture
import TestSupport
import Testing

@testable import Watch

/// Signs by which a hang can be told from a source that is away.
@Suite(.timeLimit(.minutes(10))) struct HealthSnapshotTests {
    @Test(.enabled(if: Recording.isAvailable, Recording.reason)) func whatGetsOnGivesSigns() throws {
        try Recording.withFolder { folder in
            let path = folder + "/scene.mp4"
            try Recording.file(path, seconds: 4, rate: 25)
            try expectSigns(try LiveRun([LiveRun.file("clip", path)], in: folder))
        }
    }

    private func expectSigns(_ run: LiveRun) throws {
        try run.require { run.analysis.health.workers.reduce(0) { $0 + $1.done } >= 5 }
        let health = run.analysis.health
        #expect(health.workers.map(\.name) == ["worker 0", "worker 1"])
        #expect(health.eventDetectors.map(\.name) == ["event detector clip"])
        #expect(health.eventDetectors[0].done > 0)
        #expect(health.supervisors.map(\.source) == ["clip"])
        #expect((0...30).contains(health.supervisors[0].due - MonotonicClock.now))
        let timings = run.status().timings
        for histogram in [timings.decode, timings.scale, timings.infer, timings.detection] {
            #expect(histogram.count >= 5)
            #expect(histogram.sum > 0)
        }
        #expect(run.stop())
        let rest = run.analysis.health
        #expect(rest.workers.allSatisfy { $0.depth == 0 } && rest.eventDetectors.allSatisfy { $0.depth == 0 })
        #expect(rest.supervisors[0].due == .infinity, "nothing is waited for any more")
    }

    @Test func aSourceThatIsAwayGivesSigns() throws {
        try Recording.withFolder { folder in
            let run = try LiveRun([LiveRun.stream("gone", "tcp://127.0.0.1:9")], in: folder)
            try run.require { if case .away = run.status().state { true } else { false } }
            // It is due again and again.
            for _ in 0..<3 {
                let due = run.analysis.health.supervisors[0].due
                try run.require { run.analysis.health.supervisors[0].due > due }
            }
            #expect(run.stop())
        }
    }
}
