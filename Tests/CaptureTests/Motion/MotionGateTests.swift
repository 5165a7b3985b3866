import Basics
import TestSupport
import Testing

@testable import Capture

/// What opens the gate, and for how long. Times are in seconds.
@Suite(.timeLimit(.minutes(10))) struct MotionGateTests {
    @Test(arguments: [0.5, 1])
    func aStillSceneNeverMovesForAnHourHoweverNoisyTheSensor(_ sensitivity: Double) {
        var run = GateRun(MotionSettings(sensitivity: sensitivity), scene: SyntheticScene(noise: 3), rate: 2)
        run.showStill(seconds: 3600)
        #expect(run.count(.motion) == 0)
        #expect(run.count(.light) == 0)
        #expect(run.count(.first) == 1)
        #expect(run.count(.heartbeat) == 59)
        #expect(run.gate.statistics.saved > 0.99)
    }

    /// A minimum area, and objects of 64 × 36 cells that are just large enough and just too small.
    @Test(arguments: [(0.001, (3, 1), (2, 1)), (0.01, (6, 4), (11, 2)), (0.05, (12, 10), (11, 10))])
    func anObjectOfTheMinimumAreaMovesAtOnceAndASmallerOneNever(
        _ area: Double, _ large: (Int, Int), _ small: (Int, Int)
    ) {
        for start in [(1, 1), (30, 20), (50, 25)] {
            var run = GateRun(
                MotionSettings(minimumArea: area, heartbeat: nil), scene: SyntheticScene(width: 512, height: 288))
            run.showStill(seconds: 10)
            for _ in 0..<10 {
                run.show(run.scene.grid(objectAt: start.0..<start.0 + small.0, start.1..<start.1 + small.1))
            }
            #expect(run.count(.motion) == 0, "\(small) at \(start)")
            let verdict = run.show(run.scene.grid(objectAt: start.0..<start.0 + large.0, start.1..<start.1 + large.1))
            #expect(verdict.reason == .motion, "\(large) at \(start)")
            #expect(verdict.largestArea >= area)
        }
    }

    @Test func aLargeObjectIsMotionAndNotLight() {
        for level: Float in [5, 100, 250] {
            var run = GateRun()
            run.showStill(seconds: 10)
            let verdict = run.show(run.scene.grid { column, _, old in column < 14 ? level : old })
            #expect(verdict.reason == .motion, "\(level)")
            #expect(verdict.changed > 0.3)
        }
    }

    @Test func separateChangesAreNotAnArea() {
        var run = GateRun(MotionSettings(minimumArea: 0.01))
        run.showStill(seconds: 10)
        run.show(seconds: 10) { column, row, level, _ in
            column % 4 == 1 && row % 4 == 1 ? 255 - level : level
        }
        #expect(run.count(.motion) == 0)
    }

    @Test func sensitivityIsTheContrastThatCounts() {
        for (sensitivity, unseen, seen) in [(0.0, Float(35), Float(45)), (0.5, 7, 12), (1, 1, 4)] {
            let settings = MotionSettings(sensitivity: sensitivity, heartbeat: nil)
            var run = GateRun(settings, scene: SyntheticScene(noise: 0.1))
            run.showStill(seconds: 300)
            #expect(run.show(run.scene.grid { $0 < 6 && $1 < 6 ? $2 + unseen : $2 }).reason == .still)
            #expect(run.show(run.scene.grid { $0 < 6 && $1 < 6 ? $2 + seen : $2 }).reason == .motion)
        }
    }

    @Test func whatMovesBehindAMaskIsIgnored() {
        let rightHalf = Polygon([(0.5, 0), (1, 0), (1, 1), (0.5, 1)].map { Point(x: $0.0, y: $0.1) })
        var run = GateRun(MotionSettings(minimumArea: 0.01, masks: [rightHalf], heartbeat: nil))
        run.showStill(seconds: 10)
        #expect(run.show(run.scene.grid(objectAt: 16..<32, 0..<18)).reason == .still)
        #expect(run.show(run.scene.grid(objectAt: 15..<32, 6..<9)).reason == .still, "three cells of it are seen")
        let verdict = run.show(run.scene.grid(objectAt: 8..<16, 0..<9))
        #expect(verdict.reason == .motion)
        #expect(abs(verdict.changed - 0.25) < 0.01, "of what is not masked")
        #expect(abs(verdict.largestArea - 0.125) < 0.005, "of the whole frame")
    }

    @Test func aFrameThatIsMaskedAltogetherIsStill() {
        let all = Polygon([(0, 0), (1, 0), (1, 1), (0, 1)].map { Point(x: $0.0, y: $0.1) })
        var run = GateRun(MotionSettings(masks: [all], hold: 0))
        run.showStill(seconds: 1)
        run.show(seconds: 1) { 255 - $2 + Float($0 + $1) + Float($3) }
        #expect(run.count(.still) == 9)
    }

    @Test func theGateStaysOpenForTheHoldTime() throws {
        for hold in [0, 1, 5.0] {
            var run = GateRun(MotionSettings(heartbeat: nil, hold: hold))
            run.showStill(seconds: 10)
            run.show(seconds: 2) { $0 < 8 && $1 < 8 ? 255 - $2 : $2 + Float(0 * $3) }
            run.showStill(seconds: 20)
            let last = try #require(run.times(.motion).last)
            #expect(abs(last - 11.8) < 0.01)
            #expect(run.count(.hold) == 2 * Int(hold * 5), "after the first frame, and after the motion")
            #expect((run.times(.hold).last ?? last) - last <= hold + 0.01)
        }
    }

    @Test func theFirstFrameIsFollowedByOthersForTheHoldTime() {
        for hold in [0, 1, 5.0] {
            var run = GateRun(MotionSettings(heartbeat: nil, hold: hold))
            run.showStill(seconds: 20)
            #expect(run.gate.statistics.passed == 1 + Int(hold * 5))
            run.gate.reset()
            run.showStill(seconds: 20)
            #expect(run.count(.first) == 2)
            #expect(run.gate.statistics.passed == 2 + 2 * Int(hold * 5), "as often as there is a first one")
        }
    }

    @Test func aStillSceneIsClassifiedAtEveryHeartbeat() {
        for heartbeat in [1, 10, 60.0] {
            var run = GateRun(MotionSettings(heartbeat: heartbeat, hold: 0))
            run.showStill(seconds: 601)
            let times = run.times(.first) + run.times(.heartbeat)
            #expect(times.count == Int(600 / heartbeat) + 1)
            #expect(zip(times, times.dropFirst()).allSatisfy { abs($1 - $0 - heartbeat) < 0.01 })
        }
        var run = GateRun(MotionSettings(heartbeat: nil, hold: 0))
        run.showStill(seconds: 600)
        #expect(run.gate.statistics.passed == 1)
    }

    @Test func whatStaysBecomesBackgroundAndWhatLeavesIsSeen() throws {
        var run = GateRun(MotionSettings(heartbeat: nil))
        run.showStill(seconds: 10)
        run.show(seconds: 120) { column, row, level, _ in column < 8 && row < 8 ? 255 - level : level }
        let last = try #require(run.times(.motion).last)
        #expect(abs(last - 10 - Background.staying) < 0.5)
        #expect(run.verdicts.last?.verdict.reason == .still)
        run.showStill(seconds: 60)
        let left = try #require(run.times(.motion).last)
        #expect(run.times(.motion).contains { abs($0 - 130) < 0.01 }, "it leaves")
        #expect(abs(left - 130 - Background.staying) < 0.5, "the place that it left")
    }

    @Test func leavesThatMoveAllTheTimeBecomeNoise() {
        var run = GateRun(MotionSettings(heartbeat: nil))
        var random = SplitMix64(state: 7)
        run.show(seconds: 600) { column, row, level, _ in
            column < 8 && row < 8 ? level + 12 * (random.fraction() - 0.5) * 4 : level
        }
        #expect(run.times(.motion).filter { $0 > 400 }.isEmpty)
        let elsewhere = run.scene.grid(objectAt: 20..<24, 10..<14)
        #expect(run.show(elsewhere).reason == .motion, "it is as sensitive as before")
    }

    @Test func aGateThatIsOffLetsEverythingThrough() {
        var run = GateRun(MotionSettings(enabled: false))
        run.showStill(seconds: 10)
        #expect(run.count(.off) == 50)
        #expect(run.gate.statistics.saved == 0)
    }

    @Test(arguments: [0.2, 1, 25])
    func theRateOfTheFramesDoesNotMatter(_ rate: Double) {
        var run = GateRun(MotionSettings(heartbeat: nil), scene: SyntheticScene(noise: 2), rate: rate)
        run.showStill(seconds: 120)
        #expect(run.count(.motion) == 0)
        #expect(run.show(run.scene.grid(objectAt: 4..<8, 4..<8)).reason == .motion)
    }
}
