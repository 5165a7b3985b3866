import Basics
import Foundation
import Testing

@testable import Watch

/// Lanes are shared fairly among sources, whatever their rates and regions.
@Suite struct LiveLanesTests {
    @Test func ofEachRegionTheNewestPictureWins() {
        var mail = Mailbox<String>()
        #expect(mail.put("old", region: 1) == nil)
        #expect(mail.put("other", region: 0) == nil)
        #expect(mail.put("new", region: 1) == "old")
        #expect([mail.take(), mail.take(), mail.take()] == ["new", "other", nil])
        #expect(mail.isEmpty)
    }

    /// Eight sources at different rates, for six seconds, and two lanes that cannot do it all. Whoever asks for
    /// less than an equal share gets all of it, the others share the rest evenly.
    @Test func eachOfEightSourcesGetsItsShareOfTwoLanes() throws {
        let rates = [2.0, 4, 8, 40, 60, 80, 100, 120]
        // The last source has two regions: it gets no more than the others for that.
        let served = try Self.run(rates: rates, regions: [1, 1, 1, 1, 1, 1, 1, 2], secondsPerPicture: 0.015)
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

    /// - Returns: for each source, pictures looked at in six seconds.
    private static func run(rates: [Double], regions: [Int], secondsPerPicture: Double) throws -> [Double] {
        let lanes = LiveLanes(plan: try SmallNetwork.plan(), count: 2)
        let served = Guarded([Double](repeating: 0, count: rates.count))
        let job = { (source: Int) in
            LiveLanes.Job(
                run: { _ in
                    usleep(UInt32(secondsPerPicture * 1e6))
                    served.withLock { $0[source] += 1 }
                }, replaced: {})
        }
        let start = Date()
        var due = rates.map { 1 / $0 }
        while case let time = Date().timeIntervalSince(start), time < 6 {
            for source in rates.indices where time >= due[source] {
                due[source] += 1 / rates[source]
                for region in 0..<regions[source] { lanes.post(job(source), mailbox: source, region: region) }
            }
            usleep(1000)
        }
        return served.withLock { $0 }
    }
}
