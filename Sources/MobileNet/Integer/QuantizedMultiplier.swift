import Foundation
import Kernels

/// A factor as integer arithmetic has it: `multiplier · 2^exponent / 2³¹`, with a multiplier from 2³⁰ to 2³¹ − 1.
///
/// The same numbers as TensorFlow Lite's `QuantizeMultiplier` finds; on them depends every bit of the output.
struct QuantizedMultiplier: Equatable {
    var multiplier: Int32
    var exponent: Int32

    init(_ factor: Double) {
        guard factor.isFinite, factor > 0 else {
            (multiplier, exponent) = (0, 0)
            return
        }
        var (fraction, power) = (factor.significand / 2, Int(factor.exponent) + 1)
        var fixed = Int64((fraction * 0x1p31).rounded(.toNearestOrAwayFromZero))
        if fixed == 1 << 31 {
            fixed /= 2
            power += 1
        }
        if power < -31 { (fixed, power) = (0, 0) }
        fraction = 0
        multiplier = Int32(fixed)
        exponent = Int32(min(power, 30))
    }

    /// How far products are shifted left before they are multiplied.
    var leftShift: Int32 { max(exponent, 0) }
    /// How far products are shifted right after they are multiplied.
    var rightShift: Int32 { max(-exponent, 0) }

    /// `x` times the factor, rounded twice: TensorFlow Lite's `MultiplyByQuantizedMultiplier`.
    func times(_ x: Int32) -> Int32 {
        Self.rounded(Self.high(x &<< leftShift, multiplier), rightShift)
    }

    /// The upper half of twice the product, rounded half up.
    static func high(_ a: Int32, _ b: Int32) -> Int32 {
        if a == .min && b == .min { return .max }
        return Int32(truncatingIfNeeded: (Int64(a) * Int64(b) + 1 << 30) >> 31)
    }

    /// `x / 2^power`, rounded half away from zero.
    static func rounded(_ x: Int32, _ power: Int32) -> Int32 {
        let mask = Int32(truncatingIfNeeded: (1 as Int64) << Int64(power) - 1)
        let threshold = (mask >> 1) + (x < 0 ? 1 : 0)
        return (x >> power) + (x & mask > threshold ? 1 : 0)
    }
}
