import Basics
import Glibc
import TestSupport
import Testing

@testable import Service

/// When the service manager hears that all is well.
@Suite(.timeLimit(.minutes(10))) struct WatchdogTimerTests {
    @Test(
        arguments: [
            ([:], nil), (["WATCHDOG_USEC": "8000000"], 8), (["WATCHDOG_USEC": "500000", "WATCHDOG_PID": "42"], 0.5),
            (["WATCHDOG_USEC": "8000000", "WATCHDOG_PID": "43"], nil), (["WATCHDOG_USEC": "0"], nil),
            (["WATCHDOG_USEC": "soon"], nil), (["WATCHDOG_USEC": "-5"], nil),
        ] as [([String: String], Double?)])
    func thePeriodIsTheManagers(variables: [String: String], period: Double?) {
        #expect(WatchdogTimer.period(variable: { variables[$0] }, process: 42) == period)
    }

    @Test func itTellsOnlyWhileAllIsWell() {
        let seen = Mutex((told: 0, complaints: [[String]]()))
        let stalls = Mutex<[Progress.Stall]>([])
        let timer = WatchdogTimer(
            period: 0.2, stalls: { _ in stalls.withLock { $0 } }, tell: { seen.withLock { $0.told += 1 } },
            complain: { stalls in seen.withLock { $0.complaints.append(stalls.map(\.name)) } })
        #expect(TestTimeout.wait { seen.withLock(\.told) >= 3 })
        stalls.withLock { $0 = [Progress.Stall(name: "lane 0", seconds: 30, depth: 1)] }
        #expect(TestTimeout.wait { !seen.withLock(\.complaints).isEmpty })
        let before = seen.withLock(\.told)
        usleep(300_000)  // nothing may be told for longer than a period
        #expect(seen.withLock(\.told) == before)
        // Once, and not at every look.
        #expect(seen.withLock(\.complaints) == [["lane 0"]])
        stalls.withLock { $0 = [] }
        #expect(TestTimeout.wait { seen.withLock(\.told) > before })
        timer.stop()
    }
}
