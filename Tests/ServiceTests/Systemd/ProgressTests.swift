import Testing
import Watch

@testable import Service

/// What counts as a hang, and what does not.
@Suite struct ProgressTests {
    typealias Stall = Progress.Stall

    private let limits = Progress.Limits(lane: 10, decider: 20, supervisor: 60)

    private func vitals(lane: (Int, Int) = (0, 0), decider: (Int, Int) = (0, 0), due: Double = .infinity) -> LiveVitals {
        LiveVitals(
            lanes: [LiveVitals.Queue(name: "lane 0", begun: lane.0, done: lane.1)],
            deciders: [LiveVitals.Queue(name: "decision door", begun: decider.0, done: decider.1)],
            supervisors: [LiveVitals.Supervisor(source: "door", due: due)], waiting: 0)
    }

    /// What is found at the last of several looks.
    private func judge(_ looks: [(time: Double, vitals: LiveVitals)]) -> [Stall] {
        var progress = Progress(limits: limits)
        return looks.reduce([]) { _, look in progress.judge(look.vitals, at: look.time) }
    }

    @Test func nothingToDoIsNoHang() {
        #expect(judge([(0, vitals()), (1000, vitals()), (100_000, vitals(lane: (7, 7)))]) == [])
    }

    @Test func aLaneThatFinishesSomethingIsWell() {
        #expect(judge([(0, vitals(lane: (2, 0))), (11, vitals(lane: (3, 1))), (20, vitals(lane: (4, 1)))]) == [])
    }

    @Test func aLaneThatFinishesNothingIsStuck() {
        let stuck = vitals(lane: (2, 1))
        #expect(judge([(100, stuck), (110, stuck)]) == [])
        #expect(judge([(100, stuck), (110.5, stuck)]) == [Stall(name: "lane 0", seconds: 10.5, depth: 1)])
    }

    @Test func timeWithoutWorkDoesNotCount() {
        #expect(judge([(0, vitals()), (500, vitals(lane: (1, 0))), (509, vitals(lane: (1, 0)))]) == [])
    }

    @Test func itIsWellAgainOnceItGetsOn() {
        let stuck = vitals(lane: (2, 1))
        #expect(judge([(0, stuck), (50, stuck), (51, vitals(lane: (2, 2)))]) == [])
    }

    @Test func aDeciderMayTakeLonger() {
        let stuck = vitals(decider: (5, 2))
        #expect(judge([(0, stuck), (15, stuck)]) == [])
        #expect(judge([(0, stuck), (21, stuck)]) == [Stall(name: "decision door", seconds: 21, depth: 3)])
    }

    @Test func aSourceThatIsAwayIsNoHang() {
        // It is tried every fifteen seconds, and each attempt takes its ten, for hours.
        var progress = Progress(limits: limits)
        for time in stride(from: 0.0, to: 36_000, by: 5) {
            let attempt = (time / 25).rounded(.down) * 25 + 10
            let stalls = progress.judge(vitals(due: attempt), at: time)
            #expect(stalls == [])
        }
    }

    @Test func aSupervisorThatGivesNoSignIsStuck() {
        #expect(judge([(100, vitals(due: 50))]) == [])
        #expect(judge([(111, vitals(due: 50))]) == [Stall(name: "door", seconds: 61, depth: nil)])
    }

    @Test func aSourceThatIsOverIsNotWaitedFor() {
        #expect(judge([(0, vitals(due: .infinity)), (1e9, vitals(due: .infinity))]) == [])
    }

    @Test func sourcesMayComeAndGo() {
        var progress = Progress(limits: limits)
        _ = progress.judge(vitals(decider: (1, 0)), at: 0)
        var other = vitals()
        other.deciders = []
        other.supervisors = []
        // One of the same name begins anew.
        let stalls = progress.judge(other, at: 100) + progress.judge(vitals(decider: (1, 0)), at: 200)
        #expect(stalls == [])
    }

    @Test(arguments: [
        (Stall(name: "lane 0", seconds: 20.4, depth: 1), "lane 0 has finished nothing for 20 s, and 1 task waits"),
        (Stall(name: "lane 0", seconds: 20.4, depth: 3), "lane 0 has finished nothing for 20 s, and 3 tasks wait"),
        (Stall(name: "door", seconds: 61, depth: nil), "source door is 61 s overdue: it gave neither a picture nor an error"),
    ])
    func stallsAreSaidInAWord(stall: Stall, text: String) { #expect(stall.description == text) }
}
