import Basics
import Testing

/// How durations are counted.
@Suite(.timeLimit(.minutes(10))) struct DurationHistogramTests {
    @Test(arguments: [
        (0.0, 0), (0.0005, 0), (0.000_500_1, 1), (0.001, 1), (0.24, 8), (0.25, 8), (0.26, 9), (30, 14), (30.1, 15),
        (1e9, 15), (-1, 0),
    ])
    func everyDurationHasItsPlace(seconds: Double, place: Int) {
        var histogram = DurationHistogram()
        histogram.add(seconds)
        let expected = (0..<16).map { UInt64($0 >= place ? 1 : 0) }
        #expect(histogram.cumulativeCounts == expected)
        #expect(histogram.count == 1)
        #expect(histogram.sum == max(0, seconds))
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity]) func whatIsNoDurationIsLeftOut(seconds: Double) {
        var histogram = DurationHistogram()
        histogram.add(seconds)
        #expect(histogram == DurationHistogram())
    }

    @Test func countsAndSumsAddUp() {
        var histogram = DurationHistogram()
        for index in 1...1000 { histogram.add(Double(index) / 1000) }
        #expect(histogram.count == 1000)
        #expect(abs(histogram.sum - 500.5) < 1e-9)
        #expect(histogram.cumulativeCounts[9] == 500, "half a second")
        #expect(histogram.cumulativeCounts.last == 1000)
        #expect(histogram.cumulativeCounts == histogram.cumulativeCounts.sorted())
    }

    @Test func theLastIntervalHasNoEnd() {
        #expect(DurationHistogram.bounds[15] == .infinity)
        for place in 1..<16 { #expect(DurationHistogram.bounds[place - 1] < DurationHistogram.bounds[place]) }
    }
}
