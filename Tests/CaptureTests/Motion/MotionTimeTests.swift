import Testing

@testable import Capture

/// Clocks that are set, time stamps that make no sense, and frames whose size changes.
@Suite(.timeLimit(.minutes(10))) struct MotionTimeTests {
    @Test(arguments: [-3600, -0.5, 3600])
    func timeThatJumpsDelaysNothing(_ jump: Double) throws {
        var run = GateRun(MotionSettings(heartbeat: 60))
        run.showStill(seconds: 30)
        run.time += jump
        let start = run.time
        run.showStill(seconds: 130)
        let heartbeats = run.times(.heartbeat)
        let first = try #require(heartbeats.first)
        #expect(run.count(.motion) == 0)
        #expect(heartbeats.count == (jump > 0 ? 3 : 2))
        #expect(first - start <= 60)
        #expect(run.show(run.scene.grid(objectAt: 4..<8, 4..<8)).reason == .motion)
    }

    @Test func theHoldTimeGoesOnWhenTheClockIsSetBack() throws {
        var run = GateRun(MotionSettings(heartbeat: nil, hold: 5))
        run.showStill(seconds: 10)
        run.show(run.scene.grid(objectAt: 4..<8, 4..<8))
        run.time -= 3600
        run.showStill(seconds: 20)
        #expect((50...51).contains(run.count(.hold)), "also after the first frame; the step back counts as no time")
    }

    @Test func timeStampsThatAreNoNumbersCountAsNoTime() {
        var run = GateRun(MotionSettings(heartbeat: 60))
        run.showStill(seconds: 30)
        for time in [Double.nan, .infinity, -.infinity, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 0] {
            #expect(run.gate.observe(run.scene.grid(), at: time).reason != .motion)
        }
        run.time = 0
        run.showStill(seconds: 600)
        #expect(run.count(.motion) == 0)
        #expect(run.show(run.scene.grid(objectAt: 4..<8, 4..<8)).reason == .motion)
    }

    @Test func framesWithoutTimeAreStillCompared() {
        var run = GateRun(MotionSettings(heartbeat: nil))
        for _ in 0..<50 { _ = run.gate.observe(run.scene.grid(), at: 5) }
        #expect(run.count(.hold) == 49)
        #expect(run.count(.motion) == 0)
        #expect(run.gate.observe(run.scene.grid(objectAt: 4..<8, 4..<8), at: 5).reason == .motion)
    }

    @Test func aFrameOfAnotherSizeBeginsAnew() {
        var run = GateRun(MotionSettings(heartbeat: nil, hold: 0))
        run.showStill(seconds: 10)
        run.show(run.scene.grid(objectAt: 4..<8, 4..<8))
        for (width, height) in [(512, 288), (64, 64), (1, 1), (3840, 2160)] {
            run.scene = SyntheticScene(width: width, height: height, seed: 3)
            #expect(run.show(run.scene.grid()).reason == .first, "\(width) × \(height)")
            #expect(run.show(run.scene.grid()).reason == .still)
        }
        run.scene = SyntheticScene(orientation: .upsideDown)
        #expect(run.show(run.scene.grid()).reason == .first)
    }

    @Test func anEmptyGridIsNoDanger() {
        var gate = MotionGate(settings: MotionSettings(hold: 0))
        #expect(gate.observe(LumaGrid(), at: 0).reason == .first)
        #expect(gate.observe(LumaGrid(), at: 1).reason == .still)
    }
}
