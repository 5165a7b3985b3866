import Basics
import Glibc
import Testing

@testable import MobileNet

@Suite(.timeLimit(.minutes(10))) struct ThreadTeamTests {
    /// Record of the parts that ran.
    private struct Record {
        var counts: [Int]
        /// Number of parts that had ended when a part began, for each part.
        var endedBefore: [Int]
        var ended = 0
        var threads: Set<Int> = []
    }

    @Test(arguments: [1, 2, 3, 8])
    func everyPartRunsOnceARunAndStepsKeepTheirOrder(_ threads: Int) {
        let parts = [1, 5, 1, 16, 2, 3]
        let starts = parts.indices.map { parts[..<$0].reduce(0, +) }
        let total = parts.reduce(0, +)
        let record = Mutex(
            Record(counts: Array(repeating: 0, count: total), endedBefore: Array(repeating: 0, count: total)))
        let team = ThreadTeam(threads: threads, parts: parts) { thread, part in
            record.withLock { record in
                record.counts[part] += 1
                record.endedBefore[part] = record.ended
                record.threads.insert(thread)
            }
            record.withLock { $0.ended += 1 }
        }
        let runs = 500
        for run in 0..<runs {
            record.withLock { $0.ended = 0 }
            // Some runs find the helpers asleep.
            if run % 100 == 99 { usleep(2000) }
            team.run()
            let now = record.withLock { $0 }
            #expect(now.ended == total)
            for (step, start) in starts.enumerated() {
                let range = start..<start + parts[step]
                #expect(now.endedBefore[range].allSatisfy { $0 >= start }, "step \(step) began too early")
                #expect(now.endedBefore[range].allSatisfy { $0 < range.upperBound }, "step \(step) began too late")
            }
        }
        team.end()
        let all = record.withLock { $0 }
        #expect(all.counts.allSatisfy { $0 == runs })
        #expect(all.threads.isSubset(of: Set(0..<threads)))
    }

    @Test func whatAStepWritesTheNextStepReads() {
        let values = Mutex([Int](repeating: 0, count: 64))
        let memory = UnsafeMutablePointer<Int>.allocate(capacity: 128)
        defer { memory.deallocate() }
        memory.initialize(repeating: 0, count: 128)
        let shared = SharedMemory(base: memory)
        // Without a lock: the team orders the accesses.
        let team = ThreadTeam(threads: 2, parts: [64, 64]) { _, part in
            if part < 64 {
                shared.base[part] += 1
            } else {
                shared.base[part] = shared.base[127 - part]
            }
        }
        for run in 1...1000 {
            team.run()
            for index in 64..<128 where memory[index] != run { values.withLock { $0[index - 64] += 1 } }
        }
        team.end()
        #expect(values.withLock { $0.allSatisfy { $0 == 0 } })
    }

    @Test func aTeamThatIsAsleepEnds() {
        let team = ThreadTeam(threads: 3, parts: [3]) { _, _ in }
        team.run()
        usleep(20_000)
        team.end()
        let unused = ThreadTeam(threads: 2, parts: [1]) { _, _ in }
        unused.end()
    }
}

private struct SharedMemory: @unchecked Sendable {
    let base: UnsafeMutablePointer<Int>
}
