import Testing

@testable import MobileNet

/// Ranges that calibration chooses from the values it sees.
@Suite(.timeLimit(.minutes(10))) struct CalibrationTests {
    private static func histogram(_ images: [[Float]], channels: Int = 1) -> ActivationHistogram {
        var histogram = ActivationHistogram(channels: channels)
        for values in images {
            values.withUnsafeBufferPointer { histogram.add($0, pixels: values.count / channels) }
        }
        return histogram
    }

    @Test func binsWidenUntilTheyReachTheLargestValue() {
        let histogram = Self.histogram([[0.5, -0.25, 0], [100, -3]])
        #expect(histogram.low == -3)
        #expect(histogram.high == 100)
        #expect(histogram.zeros == 1)
        #expect(histogram.counts.reduce(0, +) == 4)
        #expect(histogram.width * Float(ActivationHistogram.sideBins) >= 100)
        #expect(histogram.total == 5)
    }

    @Test func meansAreThoseOfEachChannel() {
        let histogram = Self.histogram([[1, -4, 3, 0], [2, -2, 2, -2]], channels: 2)
        #expect(histogram.means == [2, -2])
    }

    @Test func infinitiesAndNaNAreNoValues() {
        let histogram = Self.histogram([[.infinity, .nan, 1, -1]])
        #expect(histogram.low...histogram.high == -1...1)
        #expect(Self.histogram([[.nan]]).width == 0)
    }

    @Test func minimumAndMaximumClipNothing() {
        let quantization = CalibrationMethod.minimumMaximum.quantization(of: Self.histogram([[-1, 0.5, 4]]))
        #expect(abs(quantization.scale - 5 / 255) < 1e-6)
        #expect(quantization.zeroPoint == 51)
        #expect(quantization.dequantized(quantization.quantized(0)) == 0)
    }

    @Test func aPercentileClipsThatShare() {
        // 0.001, 0.002 … 1, and one value far away.
        let values = (1...1000).map { Float($0) / 1000 } + [50]
        let histogram = Self.histogram([values])
        let quantization = CalibrationMethod.percentile(99).quantization(of: histogram)
        #expect((0.9...1.1).contains(quantization.range.upperBound))
        #expect(histogram.share(clippedBy: quantization) <= 0.01)
    }

    @Test func theLeastErrorClipsARareValueWhereThatPays() {
        var values = [Float](repeating: 0, count: 0)
        for step in 0..<100_000 { values.append(Float(step % 1000) / 1000) }
        let histogram = Self.histogram([values + [3]])
        let range = CalibrationMethod.meanSquaredError.quantization(of: histogram).range
        #expect((0.99...2.9).contains(range.upperBound), "\(range)")
    }

    @Test(arguments: [CalibrationMethod.minimumMaximum, .percentile(99.99), .entropy, .meanSquaredError])
    func evenValuesKeepTheirRange(_ method: CalibrationMethod) {
        let values = (0..<100_000).map { Float($0 % 2001 - 1000) / 1000 }
        let range = method.quantization(of: Self.histogram([values])).range
        #expect((0.9...1.02).contains(range.upperBound), "\(range)")
        #expect((-1.02 ... -0.9).contains(range.lowerBound), "\(range)")
    }

    @Test(arguments: [CalibrationMethod.minimumMaximum, .percentile(99.99), .entropy, .meanSquaredError])
    func aLayerThatIsAlwaysZeroHasAValidScale(_ method: CalibrationMethod) {
        #expect(method.quantization(of: Self.histogram([[0, 0, 0]])).isValid)
        #expect(method.quantization(of: Self.histogram([[1e-30, 0, 0]])).isValid)
    }
}
