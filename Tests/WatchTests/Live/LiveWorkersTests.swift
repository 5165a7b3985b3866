import Basics
import Dispatch
import Testing

@testable import Watch

/// Workers are shared fairly among sources, whatever their rates and regions.
@Suite(.timeLimit(.minutes(10))) struct LiveWorkersTests {
    @Test func ofEachRegionTheNewestFrameWins() {
        var slot = LatestFrameSlot<String>()
        #expect(slot.put("old", region: 1) == nil)
        #expect(slot.put("other", region: 0) == nil)
        #expect(slot.put("new", region: 1) == "old")
        #expect([slot.take(), slot.take(), slot.take()] == ["new", "other", nil])
        #expect(slot.isEmpty)
    }

    /// Eight sources at different rates, for six seconds, and two workers that cannot do it all. Whoever asks for
    /// less than an equal share gets all of it, the others share the rest evenly.
    @Test func eachOfEightSourcesGetsItsShareOfTwoWorkers() throws {
        let rates = [2.0, 4, 8, 40, 60, 80, 100, 120]
        // The last source has two regions: it gets no more than the others for that.
        let served = try WorkerTrial(rates: rates, regions: [1, 1, 1, 1, 1, 1, 1, 2]).run(seconds: 6)
        for index in 0..<3 {
            #expect(served[index] >= 6 * rates[index] * 0.9, "source \(index): \(served[index])")
        }
        let greedy = served[3...]
        let share = greedy.reduce(0, +) / Double(greedy.count)
        #expect(share < 6 * rates[3] * 0.9, "there was enough for all: \(served)")
        for (index, count) in greedy.enumerated() {
            #expect(abs(count / share - 1) < 0.1, "source \(index + 3): \(count) of \(share)")
        }
    }
}

/// Sources and two workers, on a clock of its own: each frame takes as long as a step of it, and the next step begins
/// when both workers are done.
private final class WorkerTrial: Sendable {
    private static let step = 0.015

    private let rates: [Double]
    private let regions: [Int]
    private let served: Mutex<[Double]>
    /// Frames that are in a slot or on a worker.
    private let waiting = Mutex(0)
    private let gate = DispatchSemaphore(value: 0)
    private let done = DispatchSemaphore(value: 0)

    init(rates: [Double], regions: [Int]) {
        self.rates = rates
        self.regions = regions
        served = Mutex([Double](repeating: 0, count: rates.count))
    }

    /// - Returns: for each source, frames classified.
    func run(seconds: Double) throws -> [Double] {
        let workers = LiveWorkers(plans: NetworkPlans(try SmallNetwork.plan()), count: 2)
        var due = rates.map { 1 / $0 }
        for step in 1...Int(seconds / Self.step) {
            for source in rates.indices where Double(step) * Self.step >= due[source] {
                due[source] += 1 / rates[source]
                for region in 0..<regions[source] { post(source, region, to: workers) }
            }
            let busy = min(2, waiting.withLock { $0 })
            for _ in 0..<busy { gate.signal() }
            for _ in 0..<busy { done.wait() }
        }
        for source in rates.indices { workers.close(slot: source) }
        for _ in 0..<2 { gate.signal() }
        return served.withLock { $0 }
    }

    private func post(_ source: Int, _ region: Int, to workers: LiveWorkers) {
        waiting.withLock { $0 += 1 }
        let job = LiveWorkers.Job(
            run: { [self] _ in
                gate.wait()
                served.withLock { $0[source] += 1 }
                waiting.withLock { $0 -= 1 }
                done.signal()
            }, replaced: { [self] in waiting.withLock { $0 -= 1 } })
        workers.submit(job, slot: source, region: region)
    }
}
