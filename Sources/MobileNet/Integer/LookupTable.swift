import Foundation
import KernelInterface

/// Lookup table of an elementwise function from uint8 to uint8. Its values are those of TensorFlow Lite's reference
/// kernels.
struct LookupTable: Equatable {
    /// Values, `[256]`.
    var values: [UInt8]

    /// Tabulates a function. Values out of range saturate.
    init(_ function: (Int32) -> Int32) {
        values = (0..<256).map { UInt8(min(max(function($0), 0), 255)) }
    }

    /// Identity.
    static let identity = LookupTable { $0 }

    /// Returns the composition: this function, then another.
    func then(_ other: LookupTable) -> LookupTable { LookupTable { Int32(other.values[Int(values[Int($0)])]) } }

    /// Requantization, as TensorFlow Lite's `Requantize` computes it in integer arithmetic.
    init(from source: Quantization, to target: Quantization) {
        guard source != target else {
            self = .identity
            return
        }
        let factor = QuantizedMultiplier(Double(source.scale) / Double(target.scale))
        self.init { factor.times($0 - source.zeroPoint) + target.zeroPoint }
    }

    /// Requantization, as TensorFlow Lite's `ConcatenationWithScaling` computes it in float arithmetic.
    init(concatenating source: Quantization, to target: Quantization) {
        guard source != target else {
            self = .identity
            return
        }
        let scale = source.scale * (1 / target.scale)
        let bias = -Float(source.zeroPoint) * scale
        self.init {
            Self.steps(Float($0) * scale + bias) + target.zeroPoint
        }
    }

    /// Activation function between two quantizations.
    init(_ activation: Activation, from source: Quantization, to target: Quantization) {
        switch activation {
        case .linear:
            self.init(from: source, to: target)
        case .relu, .relu6:
            let bounds = ActivationBounds(activation, target)
            self = LookupTable(from: source, to: target).then(
                LookupTable { min(max($0, Int32(bounds.low)), Int32(bounds.high)) })
        case .hardSwish:
            self.init(hardSwishFrom: source, to: target)
        case .hardSigmoid:
            self.init(from: source, to: target) { min(max($0 + 3, 0), 6) / 6 }
        case .sigmoid:
            self.init(from: source, to: target) { 1 / (1 + exp(-$0)) }
        }
    }

    /// Real function between two quantizations, as TensorFlow Lite's `PopulateLookupTable` computes it in float arithmetic.
    init(from source: Quantization, to target: Quantization, _ function: (Float) -> Float) {
        let steps = 1 / target.scale
        self.init {
            Self.steps(function(source.dequantized(UInt8($0))) * steps) + target.zeroPoint
        }
    }

    /// Rounds half away from zero, and limits the result to a range that uint8 saturates anyway. NaN becomes 0.
    private static func steps(_ value: Float) -> Int32 {
        value.isNaN ? 0 : Int32(min(max(value.rounded(.toNearestOrAwayFromZero), -1024), 1024))
    }

    /// Hard swish, as TensorFlow Lite's `HardSwish` computes it in 16-bit arithmetic.
    private init(hardSwishFrom source: Quantization, to target: Quantization) {
        let fineScale = 1 / Float(128) * source.scale
        let output = HalfMultiplier(Double(fineScale / target.scale))
        let gate = HalfMultiplier(Double(fineScale / (3 / Float(32768))))
        self.init { value in
            let fine = Int16(truncatingIfNeeded: (value - source.zeroPoint) << 7)
            let scaled = Half.roundedHigh(fine, output.multiplier)
            let factor = Half.gate(fine, gate)
            let product = Half.high(factor, scaled)
            return QuantizedMultiplier.rounded(Int32(product), max(-output.exponent, 0)) + target.zeroPoint
        }
    }
}

/// Fixed-point factor with a 16-bit multiplier, as TensorFlow Lite's `DownScaleInt32ToInt16Multiplier` makes it.
private struct HalfMultiplier {
    var multiplier: Int16
    var exponent: Int32

    init(_ factor: Double) {
        let full = QuantizedMultiplier(factor)
        multiplier = full.multiplier >= Int32.max - 1 << 15 ? .max : Int16((full.multiplier + 1 << 15) >> 16)
        exponent = full.exponent
    }
}

/// 16-bit arithmetic of gemmlowp's `fixedpoint.h`.
private enum Half {
    /// Returns the high half of the doubled product, rounded half up.
    static func roundedHigh(_ a: Int16, _ b: Int16) -> Int16 {
        if a == .min && b == .min { return .max }
        return Int16(truncatingIfNeeded: (Int32(a) * Int32(b) + 1 << 14) >> 15)
    }

    /// Returns the high half of the doubled product, rounded towards zero.
    static func high(_ a: Int16, _ b: Int16) -> Int16 {
        if a == .min && b == .min { return .max }
        return Int16(truncatingIfNeeded: Int32(a) * Int32(b) / (1 << 15))
    }

    static func shiftedLeft(_ a: Int16, _ count: Int32) -> Int16 {
        Int16(clamping: Int64(a) << Int64(min(count, 16)))
    }

    /// Returns `relu6(x + 3) / 6` in units of 2⁻¹⁵.
    static func gate(_ x: Int16, _ factor: HalfMultiplier) -> Int16 {
        var value = x
        // The left shift leaves one bit for later: saturation in the first part does not change the result.
        if factor.exponent > 0 { value = shiftedLeft(value, factor.exponent - 1) }
        value = roundedHigh(value, factor.multiplier)
        if factor.exponent > 0 { value = shiftedLeft(value, 1) }
        if factor.exponent < 0 { value = Int16(QuantizedMultiplier.rounded(Int32(value), -factor.exponent)) }
        return Int16(truncatingIfNeeded: (Int32(value) + 1 << 15) >> 1)
    }
}
