import Glibc

@testable import MobileNet

/// Softmax of one row of bytes as the reference kernel computes it, with the numbers written as gemmlowp writes them:
/// a raw 32-bit number, and how many bits of it are whole.
struct ByteSoftmax {
    private let multiplier: Multiplier
    private let least: Int32

    init(scale: Float) {
        multiplier = Multiplier(min(Double(scale) * Double(1 << 26), Double(1 << 31) - 1))
        least = -Int32((31 * pow(2.0, 26) / pow(2.0, Double(multiplier.exponent))).rounded(.down))
    }

    func run(_ row: [Int32]) -> [Int32] {
        let largest = row.max() ?? 0
        let exponentials = row.map { value -> Int32? in
            let difference = value - largest
            guard difference >= least else { return nil }
            return exponential(high(difference << multiplier.exponent, multiplier.multiplier))
        }
        let sum = exponentials.reduce(Int32(0)) { $0 + ($1.map { Multiplier.divide($0, 12) } ?? 0) }
        let headroom = Int32(sum.leadingZeroBitCount)
        let fraction = Int32(truncatingIfNeeded: Int64(UInt32(bitPattern: sum)) << Int64(headroom) - 1 << 31)
        let scale = reciprocal(fraction)
        return exponentials.map { value in
            // The reference leaves it open what a shift by 32 bits does; each share is less than half a step then.
            guard let value, 12 - headroom + 31 - 8 <= 31 else { return 0 }
            return min(max(Multiplier.divide(high(scale, value), 12 - headroom + 31 - 8), 0), 255)
        }
    }

    /// `SaturatingRoundingDoublingHighMul`.
    private func high(_ a: Int32, _ b: Int32) -> Int32 {
        if a == b && a == .min { return .max }
        let product = Int64(a) * Int64(b)
        return Int32((product + (product >= 0 ? 1 << 30 : 1 - 1 << 30)) / (1 << 31))
    }

    /// `exp_on_negative_values` of a number with 5 whole bits.
    private func exponential(_ x: Int32) -> Int32 {
        if x == 0 { return .max }
        let quarter: Int32 = 1 << 24
        let modulo = (x & (quarter - 1)) - quarter
        var result = small(modulo << 5)
        let rest = modulo - x
        for (bit, exponent) in zip(24..., -2...4) where rest & (1 << bit) != 0 {
            result = high(result, Int32((exp(-pow(2.0, Double(exponent))) * 0x1p31).rounded()))
        }
        return result
    }

    /// `exp_on_interval_between_negative_one_quarter_and_0_excl`.
    private func small(_ a: Int32) -> Int32 {
        let constant = Int32((exp(-0.125) * 0x1p31).rounded())
        let third = Int32((0x1p31 / 3).rounded())
        let x = a + 1 << 28
        let x2 = high(x, x)
        let x3 = high(x2, x)
        let x4 = high(x2, x2)
        let rest = Multiplier.divide(high(Multiplier.divide(x4, 2) + x3, third) + x2, 1)
        return constant + high(constant, x + rest)
    }

    /// `one_over_one_plus_x_for_x_in_0_1`.
    private func reciprocal(_ x: Int32) -> Int32 {
        let sum = Int64(x) + Int64(Int32.max)
        let half = Int32((sum + (sum >= 0 ? 1 : -1)) / 2)
        var y = Int32((48.0 / 17 * 0x1p29).rounded()) + high(half, Int32((-32.0 / 17 * 0x1p29).rounded()))
        for _ in 0..<3 {
            let rest = high(y, 1 << 29 - high(half, y))
            y += Int32(clamping: Int64(rest) << 2)
        }
        return Int32(clamping: Int64(y) << 1)
    }
}
