import Testing

@testable import Capture

/// Light that changes is not motion: it is sampled at once, and when it has settled. Times are in seconds.
@Suite(.timeLimit(.minutes(10))) struct MotionLightTests {
    /// Gains, and the seconds that the camera takes to come to them.
    @Test(arguments: [(0.2, 0.0), (0.6, 0), (0.85, 0), (1.3, 0), (1.8, 0), (0.4, 1), (1.6, 1)])
    func aLightSwitchIsSampledAtOnceAndWhenItHasSettled(_ gain: Float, _ seconds: Double) throws {
        var run = GateRun(MotionSettings(heartbeat: nil))
        run.showStill(seconds: 30)
        run.show(seconds: 60) { _, _, level, time in
            let part = seconds == 0 ? 1 : min(1, (time - 30 + 0.2) / seconds)
            return level * (1 + (gain - 1) * Float(part))
        }
        #expect(run.count(.motion) + run.count(.scene) == 0)
        #expect(run.times(.lightChange).count == 1)
        #expect(abs(try #require(run.times(.lightChange).first) - 30) < 0.01)
        let settled = run.times(.settled)
        #expect(settled.count == 1)
        let time = try #require(settled.first)
        #expect(time >= 30 + MotionGate.settlingTime - 0.01 && time <= 31 + seconds + MotionGate.settlingTime)
        #expect(run.verdicts.last?.verdict.reason == .still)
        let object = run.scene.grid { column, row, level in
            column < 4 && row < 4 ? 255 - level * gain : level * gain
        }
        #expect(run.show(object).reason == .motion, "it sees again")
    }

    @Test func whatMovesWhileTheLightSettlesIsMotion() {
        var run = GateRun(MotionSettings(heartbeat: nil, hold: 0))
        run.showStill(seconds: 30)
        #expect(run.show(run.scene.grid { $2 * 0.6 }).reason == .lightChange)
        #expect(run.show(run.scene.grid { $2 * 0.6 }).reason == .light)
        let object = run.scene.grid { $0 < 4 && $1 < 4 ? 255 - $2 : $2 * 0.6 }
        #expect(run.show(object).reason == .motion)
    }

    /// A light that changes in every frame, and shows the same things.
    @Test func aLightThatGoesOnChangingIsSampledNowAndThen() {
        var run = GateRun(MotionSettings(heartbeat: nil))
        run.showStill(seconds: 30)
        run.show(seconds: 100) { _, _, level, time in Int(time * 5 + 0.5) % 2 == 0 ? level * 0.5 : level }
        let times = run.verdicts.filter { $0.time > 29.9 && $0.verdict.classifies }.map(\.time)
        #expect(run.count(.motion) + run.count(.scene) == 0)
        #expect(times.count <= Int(100 / MotionGate.settlingTime) + 1)
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 <= MotionGate.settlingTime + 0.21 })
    }

    @Test func aLampThatLightsAPartOfTheFrameIsNotMotion() {
        var run = GateRun(MotionSettings(heartbeat: nil))
        run.showStill(seconds: 30)
        run.show(seconds: 30) { column, _, level, _ in column < 12 ? level * 1.4 + 8 : level }
        #expect(run.count(.motion) == 0)
        #expect(run.count(.lightChange) == 1)
        #expect(run.count(.settled) == 1)
    }

    @Test func aCameraThatChangesToInfraredIsSampledAtOnce() {
        // The mirror clicks, and for a moment it is dark; what is bright in infrared is another matter than
        // what is bright in colour; then the exposure settles.
        let infrared = SyntheticScene(seed: 99).levels
        var run = GateRun(MotionSettings(heartbeat: nil))
        run.showStill(seconds: 30)
        run.show(seconds: 0.4) { _, _, _, _ in 3 }
        run.scene.levels = infrared
        run.scene.noise = 2.5
        run.show(seconds: 60) { _, _, level, time in level * Float(min(1, 0.5 + (time - 30.4) / 3)) }
        #expect(run.times(.scene).contains { abs($0 - 30.4) < 0.01 }, "its first frame in infrared")
        #expect(run.verdicts.filter { $0.time > 29.9 && $0.time < 35 }.allSatisfy { $0.verdict.classifies })
        #expect(run.verdicts.filter { $0.time > 45 }.allSatisfy { $0.verdict.reason == .still })
        #expect(run.show(run.scene.grid(objectAt: 4..<8, 4..<8)).reason == .motion)
    }

    @Test func dawnIsNeverMotion() {
        var run = GateRun(MotionSettings(heartbeat: nil), scene: SyntheticScene(noise: 1), rate: 2)
        run.showStill(seconds: 60)
        run.show(seconds: 1200) { _, _, level, time in level * Float(0.1 + (time - 60) / 1200) }
        #expect(run.count(.first) + run.count(.hold) == 11, "the first one, and five seconds of others")
        #expect(run.count(.lightChange) + run.count(.settled) == 2, "the sudden night")
        #expect(run.gate.statistics.passed == 13)
        #expect(run.count(.motion) == 0)
    }

    @Test(arguments: [5.0, 10, 20, 40])
    func aCloudIsNotMotion(_ seconds: Double) {
        var run = GateRun(MotionSettings(heartbeat: nil))
        run.showStill(seconds: 60)
        run.show(seconds: 120) { _, _, level, time in level * Float(1 - 0.5 * min(1, (time - 60) / seconds)) }
        #expect(run.count(.motion) == 0)
    }

    @Test func aCameraThatCorrectsItsExposureStillSeesWhatMoves() {
        var run = GateRun(MotionSettings(heartbeat: nil))
        run.showStill(seconds: 30)
        let darker = run.scene.grid { column, row, level in
            column < 4 && row < 4 ? 255 - level : level * 0.93
        }
        let verdict = run.show(darker)
        #expect(verdict.reason == .motion)
        #expect(verdict.changed < 0.05, "the rest is the same, only darker")
    }

    @Test func whatChangesEverythingAgainAndAgainIsSampledEveryTime() {
        var run = GateRun(MotionSettings(heartbeat: nil))
        run.showStill(seconds: 10)
        run.show(seconds: 100) { _, _, level, time in Int(time * 5 + 0.5) % 2 == 0 ? 255 - level : level }
        #expect(run.count(.scene) == 500)
        run.showStill(seconds: 20)
        #expect(run.verdicts.last?.verdict.reason == .still)
    }

    @Test func framesThatAreFarApartDoNotBlindTheGate() {
        var run = GateRun(MotionSettings(heartbeat: nil), rate: 0.1)
        run.showStill(seconds: 100)
        run.show(seconds: 100) { _, _, level, time in Int(time / 10 + 0.5) % 2 == 0 ? level : 255 - level }
        #expect(run.verdicts.suffix(8).allSatisfy { $0.verdict.classifies })
    }

    @Test func whoeverSwitchesTheLightOnStaysInSight() {
        var run = GateRun(MotionSettings(heartbeat: nil, hold: 5))
        run.showStill(seconds: 10)
        run.show(run.scene.grid(objectAt: 4..<8, 4..<8))
        run.show(seconds: 4) { _, _, level, _ in level * 1.5 }
        #expect(run.verdicts.suffix(20).allSatisfy { $0.verdict.classifies })
    }

    @Test func theHeartbeatGoesOnWhileTheLightChanges() {
        var run = GateRun(MotionSettings(heartbeat: 1))
        run.showStill(seconds: 10)
        run.show(seconds: 3.5) { _, _, level, time in Int(time * 5 + 0.5) % 2 == 0 ? level * 0.5 : level }
        #expect(run.times(.heartbeat).count(where: { $0 > 10 }) >= 3)
    }
}
