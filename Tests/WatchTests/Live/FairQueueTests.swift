import Testing

@testable import Watch

/// Workers are shared fairly.
@Suite(.timeLimit(.minutes(10))) struct FairQueueTests {
    @Test func whoWaitsKeepsTheirPlace() {
        var queue = FairQueue()
        for member in [3, 1, 3, 2, 1] { queue.add(member) }
        #expect([queue.next(), queue.next(), queue.next(), queue.next()] == [3, 1, 2, nil])
    }

    /// Eight sources at rates from 1 to 60 frames a second, and two workers that can do 80 in all. Whoever asks
    /// for less than an equal share gets all of it, the others share the rest evenly.
    @Test func eachOfEightSourcesGetsItsShare() {
        let rates = [1.0, 3, 5, 10, 25, 30, 50, 60]
        let served = Self.simulate(rates: rates, workers: 2, secondsPerFrame: 0.025, seconds: 100)
        // 1 + 3 + 5 + 10 = 19 for the first four; the other four share the remaining 61.
        let fair = [1.0, 3, 5, 10, 15.25, 15.25, 15.25, 15.25]
        for (index, share) in fair.enumerated() {
            #expect(abs(served[index] / share - 1) < 0.1, "source \(index): \(served[index]) of \(share)")
        }
    }

    /// - Returns: for each source, frames looked at in a second.
    private static func simulate(rates: [Double], workers: Int, secondsPerFrame: Double, seconds: Double) -> [Double] {
        var queue = FairQueue()
        var served = [Double](repeating: 0, count: rates.count)
        var due = rates.map { 1 / $0 }
        var busyUntil = [Double](repeating: 0, count: workers)
        let step = 0.0005
        for tick in 0..<Int(seconds / step) {
            let time = Double(tick) * step
            for source in rates.indices where time >= due[source] {
                due[source] += 1 / rates[source]
                queue.add(source)
            }
            for worker in 0..<workers where time >= busyUntil[worker] {
                guard let source = queue.next() else { break }
                served[source] += 1
                busyUntil[worker] = time + secondsPerFrame
            }
        }
        return served.map { $0 / seconds }
    }
}
