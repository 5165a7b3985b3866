import Testing

@testable import MobileNet

/// The arithmetic of quantised networks, against its definitions.
@Suite(.timeLimit(.minutes(20))) struct RoundingTests {
    @Test func factorsAreTheReferences() {
        for factor in [1, 0.5, 0.999_999_999_9, 0.75, 1e-9, 0.0031, 3.5, 1000, 0x1p-31, 0x1p-40] {
            let (ours, reference) = (QuantizedMultiplier(factor), Multiplier(factor))
            #expect(ours.multiplier == reference.multiplier && ours.exponent == reference.exponent, "\(factor)")
        }
        #expect(QuantizedMultiplier(.nan) == QuantizedMultiplier(0))
        #expect(QuantizedMultiplier(.infinity).multiplier == 0)
    }

    @Test func productsAreRoundedTwiceAsTheReferenceDoesIt() {
        var random = SplitMix(seed: 1)
        for _ in 0..<100_000 {
            let factor = Double.random(in: 0.000_01...1.9, using: &random)
            let x = Int32.random(in: -2_000_000...2_000_000, using: &random)
            #expect(QuantizedMultiplier(factor).times(x) == Multiplier(factor).times(x), "\(factor) · \(x)")
        }
    }

    @Test(arguments: [0.004 as Float, 0.05, 0.1, 0.33, 1.7])
    func softmaxIsTheReferences(_ scale: Float) {
        var random = SplitMix(seed: 2)
        for count in [1, 2, 3, 17, 1001] {
            let row = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            let expected = ByteSoftmax(scale: scale).run(row.map(Int32.init)).map { UInt8($0) }
            var result = [UInt8](repeating: 0, count: count)
            IntegerSoftmax.exponentials(scale: scale).withUnsafeBufferPointer { exponentials in
                IntegerSoftmax(exponentials: exponentials.baseAddress!).run(row, count: count, &result)
            }
            #expect(result == expected, "\(count) of scale \(scale)")
        }
    }

    @Test func weightsThatNoByteHoldsAreSumsOfBytes() {
        for weight in -255...255 as ClosedRange<Int16> {
            let pieces = (0..<3).map { IntegerWeights.piece($0, of: weight) }
            #expect(pieces.reduce(0, +) == weight && pieces.allSatisfy { (-128...127).contains($0) })
        }
    }
}
