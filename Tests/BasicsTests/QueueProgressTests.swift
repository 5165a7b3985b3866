import Dispatch
import Testing

@testable import Basics

/// Queues that get on, and such that do not.
@Suite(.timeLimit(.minutes(10))) struct QueueProgressTests {
    @Test func aQueueStallsOnlyIfSomethingWaitsAndNothingIsFinished() {
        var progress = QueueProgress()
        #expect(progress.stall(at: 1e6) == nil, "nothing waits")
        progress.wait(1, at: 100)
        #expect(progress.stall(at: 119) == nil)
        progress.wait(2, at: 119)
        #expect(progress.stall(at: 120) == 20, "that more comes is no progress")
        progress.finish(1, at: 121)
        #expect(progress.stall(at: 140) == nil)
        #expect(progress.stall(at: 142) == 21)
        progress.finish(0, at: 143)
        #expect(progress.stall(at: 1e6) == nil)
        progress.wait(1, at: 2e6)
        #expect(progress.stall(at: 2e6 + 1) == nil, "idle time does not count")
    }

    @Test func whatNeverReturnsIsAbandoned() {
        let mayReturn = DispatchSemaphore(value: 0)
        let result: Int? = withDeadline(0.05) {
            mayReturn.wait()
            return 7
        }
        #expect(result == nil)
        mayReturn.signal()
        #expect(withDeadline(60) { 7 } == 7)
    }
}
