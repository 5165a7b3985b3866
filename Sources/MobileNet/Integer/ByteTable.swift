import Foundation
import Kernels

/// A function of one byte, as the 256 bytes that it has for values: each computed as TensorFlow Lite's reference
/// kernel computes it.
struct ByteTable: Equatable {
    /// 256 results.
    var values: [UInt8]

    init(_ function: (Int32) -> Int32) {
        values = (0..<256).map { UInt8(min(max(function($0), 0), 255)) }
    }

    /// Bytes that stay as they are.
    static let identity = ByteTable { $0 }

    /// First this function, then another.
    func then(_ other: ByteTable) -> ByteTable { ByteTable { Int32(other.values[Int(values[Int($0)])]) } }

    /// The same numbers with another scale and zero point: `Requantize`.
    init(from source: Quantization, to target: Quantization) {
        guard source != target else {
            self = .identity
            return
        }
        let factor = QuantizedMultiplier(Double(source.scale) / Double(target.scale))
        self.init { factor.times($0 - source.zeroPoint) + target.zeroPoint }
    }

    /// The same numbers, in float arithmetic: `ConcatenationWithScaling`.
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

    /// An activation function.
    init(_ activation: Activation, from source: Quantization, to target: Quantization) {
        switch activation {
        case .linear:
            self.init(from: source, to: target)
        case .relu, .relu6:
            let bounds = ActivationBounds(activation, target)
            self = ByteTable(from: source, to: target).then(
                ByteTable { min(max($0, Int32(bounds.low)), Int32(bounds.high)) })
        case .hardSwish:
            self.init(hardSwishFrom: source, to: target)
        case .hardSigmoid:
            self.init(from: source, to: target) { min(max($0 + 3, 0), 6) / 6 }
        case .sigmoid:
            self.init(from: source, to: target) { 1 / (1 + exp(-$0)) }
        }
    }

    /// A function of numbers, computed in float arithmetic: `PopulateLookupTable`.
    init(from source: Quantization, to target: Quantization, _ function: (Float) -> Float) {
        let steps = 1 / target.scale
        self.init {
            Self.steps(function(source.number(for: UInt8($0))) * steps) + target.zeroPoint
        }
    }

    /// The nearest whole number, of two equally near ones the one further from zero; no further from zero than matters,
    /// and zero for what is no number.
    private static func steps(_ number: Float) -> Int32 {
        number.isNaN ? 0 : Int32(min(max(number.rounded(.toNearestOrAwayFromZero), -1024), 1024))
    }

    /// `HardSwish` of the reference kernels, which computes with 16 bits.
    private init(hardSwishFrom source: Quantization, to target: Quantization) {
        let fineScale = 1 / Float(128) * source.scale
        let output = HalfMultiplier(Double(fineScale / target.scale))
        let gate = HalfMultiplier(Double(fineScale / (3 / Float(32768))))
        self.init { byte in
            let fine = Int16(truncatingIfNeeded: (byte - source.zeroPoint) << 7)
            let scaled = Half.roundedHigh(fine, output.multiplier)
            let factor = Half.gate(fine, gate)
            let product = Half.high(factor, scaled)
            return QuantizedMultiplier.rounded(Int32(product), max(-output.exponent, 0)) + target.zeroPoint
        }
    }
}

/// A factor with a multiplier of 16 bits: `DownScaleInt32ToInt16Multiplier`.
private struct HalfMultiplier {
    var multiplier: Int16
    var exponent: Int32

    init(_ factor: Double) {
        let full = QuantizedMultiplier(factor)
        multiplier = full.multiplier >= Int32.max - 1 << 15 ? .max : Int16((full.multiplier + 1 << 15) >> 16)
        exponent = full.exponent
    }
}

/// Arithmetic with 16 bits, of gemmlowp's `fixedpoint.h`.
private enum Half {
    /// The upper half of twice the product, rounded half up.
    static func roundedHigh(_ a: Int16, _ b: Int16) -> Int16 {
        if a == .min && b == .min { return .max }
        return Int16(truncatingIfNeeded: (Int32(a) * Int32(b) + 1 << 14) >> 15)
    }

    /// The upper half of twice the product, rounded towards zero.
    static func high(_ a: Int16, _ b: Int16) -> Int16 {
        if a == .min && b == .min { return .max }
        return Int16(truncatingIfNeeded: Int32(a) * Int32(b) / (1 << 15))
    }

    static func shiftedLeft(_ a: Int16, _ count: Int32) -> Int16 {
        Int16(clamping: Int64(a) << Int64(min(count, 16)))
    }

    /// `relu6(x + 3) / 6` of `x`, in steps of 1 / 2¹⁵.
    static func gate(_ x: Int16, _ factor: HalfMultiplier) -> Int16 {
        var value = x
        // All but one bit are shifted out before, as long as what saturates cannot matter.
        if factor.exponent > 0 { value = shiftedLeft(value, factor.exponent - 1) }
        value = roundedHigh(value, factor.multiplier)
        if factor.exponent > 0 { value = shiftedLeft(value, 1) }
        if factor.exponent < 0 { value = Int16(QuantizedMultiplier.rounded(Int32(value), -factor.exponent)) }
        return Int16(truncatingIfNeeded: (Int32(value) + 1 << 15) >> 1)
    }
}
