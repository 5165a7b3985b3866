import Testing

@testable import Capture

/// Which frames are taken. Times are in seconds.
@Suite(.timeLimit(.minutes(10))) struct SamplerTests {
    private func taken(_ sampling: Sampling, _ times: [Double]) -> [Double] {
        var sampler = Sampler(sampling)
        return times.filter { sampler.takes($0) }
    }

    @Test func allMeansAll() { #expect(taken(.all, [0, 0, 1]) == [0, 0, 1]) }

    @Test func aRateIsKeptOnAverage() {
        let times = (0..<3000).map { Double($0) / 29.97 }
        for rate in [0.5, 1, 5, 7, 12.5, 29.97] {
            let count = taken(.rate(rate), times).count
            #expect(abs(Double(count) - 3000 / 29.97 * rate) <= 1, "\(rate)")
        }
    }

    @Test func aWholeFractionOfTheRateTakesEveryNthFrame() {
        let times = (0..<20).map { Double($0) * 0.04 }
        #expect(taken(.rate(5), times) == [0, 5, 10, 15].map { times[$0] })
    }

    @Test func timeStampsRoundedToMillisecondsMakeNoDifference() {
        let times = (0..<300).map { (Double($0) / 30 * 1000).rounded() / 1000 }
        #expect(taken(.rate(5), times) == stride(from: 0, to: 300, by: 6).map { times[$0] })
    }

    @Test func framesThatComeMoreSlowlyAreAllTaken() {
        let times = [0.0, 0.5, 2, 2.3, 9]
        #expect(taken(.rate(5), times) == times)
    }

    @Test func theStartDoesNotMatter() {
        for start in [-100.0, 0.013, 10, 95443.7] {
            let times = (0..<100).map { start + Double($0) * 0.04 }
            #expect(taken(.rate(5), times).count == 20, "\(start)")
        }
    }

    @Test func aBurstAfterAPauseGivesOneFrameASlot() {
        let times = [0.0, 5, 5.01, 5.02, 5.19, 5.2, 5.21]
        #expect(taken(.rate(5), times) == [0, 5, 5.2])
    }

    @Test func timeThatRunsBackwardsBeginsAnew() {
        #expect(taken(.rate(1), [3600, 3600.5, 0, 0.5, 1]) == [3600, 0, 1])
    }
}
