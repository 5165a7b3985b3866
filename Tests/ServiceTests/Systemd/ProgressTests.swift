import Testing
import Watch

@testable import Service

/// What counts as a hang, and what does not.
@Suite(.timeLimit(.minutes(10))) struct ProgressTests {
    typealias Stall = Progress.Stall

    private let limits = Progress.Limits(worker: 10, eventDetector: 20, supervisor: 60)

    private func health(worker: (Int, Int) = (0, 0), eventDetector: (Int, Int) = (0, 0), due: Double = .infinity)
        -> HealthSnapshot
    {
        HealthSnapshot(
            workers: [HealthSnapshot.Queue(name: "lane 0", begun: worker.0, done: worker.1)],
            eventDetectors: [
                HealthSnapshot.Queue(name: "decision door", begun: eventDetector.0, done: eventDetector.1)
            ],
            supervisors: [HealthSnapshot.Supervisor(source: "door", due: due)], waiting: 0)
    }

    /// What is found at the last of several looks.
    private func judge(_ looks: [(time: Double, health: HealthSnapshot)]) -> [Stall] {
        var progress = Progress(limits: limits)
        return looks.reduce([]) { _, look in progress.judge(look.health, at: look.time) }
    }

    @Test func nothingToDoIsNoHang() {
        #expect(judge([(0, health()), (1000, health()), (100_000, health(worker: (7, 7)))]) == [])
    }

    @Test func aLaneThatFinishesSomethingIsWell() {
        #expect(judge([(0, health(worker: (2, 0))), (11, health(worker: (3, 1))), (20, health(worker: (4, 1)))]) == [])
    }

    @Test func aLaneThatFinishesNothingIsStuck() {
        let stuck = health(worker: (2, 1))
        #expect(judge([(100, stuck), (110, stuck)]) == [])
        #expect(judge([(100, stuck), (110.5, stuck)]) == [Stall(name: "lane 0", seconds: 10.5, depth: 1)])
    }

    @Test func timeWithoutWorkDoesNotCount() {
        #expect(judge([(0, health()), (500, health(worker: (1, 0))), (509, health(worker: (1, 0)))]) == [])
    }

    @Test func itIsWellAgainOnceItGetsOn() {
        let stuck = health(worker: (2, 1))
        #expect(judge([(0, stuck), (50, stuck), (51, health(worker: (2, 2)))]) == [])
    }

    @Test func aDeciderMayTakeLonger() {
        let stuck = health(eventDetector: (5, 2))
        #expect(judge([(0, stuck), (15, stuck)]) == [])
        #expect(judge([(0, stuck), (21, stuck)]) == [Stall(name: "decision door", seconds: 21, depth: 3)])
    }

    @Test func aSourceThatIsAwayIsNoHang() {
        // It is tried every fifteen seconds, and each attempt takes its ten, for hours.
        var progress = Progress(limits: limits)
        for time in stride(from: 0.0, to: 36_000, by: 5) {
            let attempt = (time / 25).rounded(.down) * 25 + 10
            let stalls = progress.judge(health(due: attempt), at: time)
            #expect(stalls == [])
        }
    }

    @Test func aSupervisorThatGivesNoSignIsStuck() {
        #expect(judge([(100, health(due: 50))]) == [])
        #expect(judge([(111, health(due: 50))]) == [Stall(name: "door", seconds: 61, depth: nil)])
    }

    @Test func aSourceThatIsOverIsNotWaitedFor() {
        #expect(judge([(0, health(due: .infinity)), (1e9, health(due: .infinity))]) == [])
    }

    @Test func sourcesMayComeAndGo() {
        var progress = Progress(limits: limits)
        _ = progress.judge(health(eventDetector: (1, 0)), at: 0)
        var other = health()
        other.eventDetectors = []
        other.supervisors = []
        // One of the same name begins anew.
        let stalls = progress.judge(other, at: 100) + progress.judge(health(eventDetector: (1, 0)), at: 200)
        #expect(stalls == [])
    }

    @Test(arguments: [
        (Stall(name: "lane 0", seconds: 20.4, depth: 1), "lane 0 has finished nothing for 20 s, and 1 task waits"),
        (Stall(name: "lane 0", seconds: 20.4, depth: 3), "lane 0 has finished nothing for 20 s, and 3 tasks wait"),
        (
            Stall(name: "door", seconds: 61, depth: nil),
            "source door is 61 s overdue: it returned neither a frame nor an error"
        ),
    ])
    func stallsAreSaidInAWord(stall: Stall, text: String) { #expect(stall.description == text) }
}
