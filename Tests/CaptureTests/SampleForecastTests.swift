import TestSupport
import Testing

@testable import Capture

/// A frame that is sampled is always decoded, whatever its place in the file.
struct SampleForecastTests {
    /// Frames in the order of presentation: time stamps in seconds.
    private static func stamps(_ random: inout SplitMix64) -> [Double] {
        let interval = [0.02, 0.04, 1 / 12.0, 0.2].randomElement(using: &random) ?? 0.04
        let isVariable = Bool.random(using: &random)
        var time = Double.random(in: 0...5, using: &random)
        return (0..<300).map { _ in
            time += isVariable ? interval * Double.random(in: 0.2...4, using: &random) : interval
            return (time * 90000).rounded() / 90000
        }
    }

    /// Order in the file: each reference frame before the frames between it and the one before.
    private static func decodingOrder(_ count: Int, _ random: inout SplitMix64) -> [Int] {
        var order = [0]
        var next = 1
        while next < count {
            let group = min(Int.random(in: 1...8, using: &random), count - next)
            order.append(next + group - 1)
            var between = Array(next..<next + group - 1)
            if Bool.random(using: &random) { between.shuffle(using: &random) }
            order += between
            next += group
        }
        return order
    }

    @Test func noSampledFrameIsSkipped() {
        var random = SplitMix64(state: 11)
        for _ in 0..<300 {
            let stamps = Self.stamps(&random)
            let rate = Double.random(in: 0.2...12, using: &random)
            var sampler = Sampler(.rate(rate))
            let sampled = Set(stamps.filter { sampler.takes($0) })
            var forecast = SampleForecast(rate: rate, frameRate: 1 / (stamps[1] - stamps[0]))
            forecast.begin(at: stamps[0])
            var skipped: [Double] = []
            for index in Self.decodingOrder(stamps.count, &random) where !forecast.mayBeSampled(stamps[index]) {
                skipped.append(stamps[index])
            }
            #expect(sampled.isDisjoint(with: skipped), "rate \(rate)")
        }
    }

    @Test func mostFramesBetweenSamplesAreSkipped() {
        var forecast = SampleForecast(rate: 2, frameRate: 25)
        forecast.begin(at: 0)
        let needed = (0..<1000).filter { forecast.mayBeSampled(Double($0) * 0.04) }.count
        #expect(needed < 170, "80 are samples, and a frame beside each may be one")
        #expect(needed >= 80)
    }

    @Test(arguments: [-3.0, 40]) func aJumpEndsTheForecast(step: Double) {
        var forecast = SampleForecast(rate: 2, frameRate: 25)
        forecast.begin(at: 0)
        for index in 0..<100 { _ = forecast.mayBeSampled(Double(index) * 0.04) }
        let needed = (0..<100).filter { forecast.mayBeSampled(4 + step + Double($0) * 0.04) }
        #expect(needed.count == 100)
    }

    @Test func nothingIsSkippedBeforeTheFirstFrameIsKnown() {
        var forecast = SampleForecast(rate: 1, frameRate: 25)
        let needed = (0..<50).filter { forecast.mayBeSampled(Double($0) * 0.04) }
        #expect(needed.count == 50)
    }
}
