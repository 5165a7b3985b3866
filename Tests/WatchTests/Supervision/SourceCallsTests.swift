import Capture
import Testing

@testable import Watch

/// When a call is given up, and what becomes of what it gives later.
@Suite(.timeLimit(.minutes(10))) struct SourceCallsTests {
    @Test func aCallIsGivenUpWhenItIsTooLate() throws {
        let calls = SourceCalls(CancellationToken(), at: 100)
        try calls.begin(.open, within: 10, at: 101)
        #expect(calls.due == 111)
        #expect(calls.giveUp(slack: 2, at: 112.9) == nil)
        #expect(!calls.isGivenUp && !calls.interruption.wasCancelled)
        let hang = calls.giveUp(slack: 2, at: 113.1)
        #expect(hang?.step == .open)
        #expect(hang.map { abs($0.seconds - 12.1) < 1e-9 } == true)
        #expect(calls.isGivenUp && calls.interruption.wasCancelled)
        #expect(calls.giveUp(slack: 2, at: 200) == nil, "once is enough")
    }

    @Test func whatComesTooLateIsNotTaken() throws {
        let calls = SourceCalls(CancellationToken(), at: 0)
        try calls.begin(.read, within: 5, at: 0)
        #expect(calls.giveUp(slack: nil, at: 1)?.step == .read, "the program stops")
        #expect(throws: SourceError.interrupted) { try calls.handOn { Issue.record("nobody waits for it") } }
        #expect(throws: SourceError.interrupted) { try calls.begin(.close, within: 1, at: 2) }
    }

    /// Somebody may be about to use it.
    @Test func whatIsOnItsWayIsNotGivenUp() throws {
        let calls = SourceCalls(CancellationToken(), at: 0)
        try calls.handOn {
            #expect(calls.due == nil)
            #expect(calls.giveUp(slack: 0, at: 1000) == nil)
            #expect(calls.giveUp(slack: nil, at: 1000) == nil)
        }
        try calls.begin(.read, within: 5, at: 1000)
        #expect(calls.giveUp(slack: 0, at: 1004) == nil)
        #expect(calls.giveUp(slack: 0, at: 1006) != nil)
    }

    @Test func aHangSaysWhatHangsAndForHowLong() {
        #expect("\(SourceCalls.Hang(step: .open, seconds: 12.2))".hasPrefix("the call to open it has hung for 12 s"))
        #expect("\(SourceCalls.Hang(step: .close, seconds: 3))".hasPrefix("the call to close it has hung for 3 s"))
    }
}
