import Foundation
import KernelInterface

/// Fixed-point factor `multiplier · 2^exponent / 2³¹`, with a multiplier from 2³⁰ to 2³¹ − 1.
///
/// Its values equal those of TensorFlow Lite's `QuantizeMultiplier`, so that outputs are equal bit for bit.
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

    /// Left shift before the multiplication.
    var leftShift: Int32 { max(exponent, 0) }
    /// Right shift after the multiplication.
    var rightShift: Int32 { max(-exponent, 0) }

    /// Returns `x` times the factor, rounded twice, as TensorFlow Lite's `MultiplyByQuantizedMultiplier` does.
    func times(_ x: Int32) -> Int32 {
        Self.rounded(Self.high(x &<< leftShift, multiplier), rightShift)
    }

    /// Returns the high half of the doubled product, rounded half up.
    static func high(_ a: Int32, _ b: Int32) -> Int32 {
        if a == .min && b == .min { return .max }
        return Int32(truncatingIfNeeded: (Int64(a) * Int64(b) + 1 << 30) >> 31)
    }

    /// Returns `x / 2^power`, rounded half away from zero.
    static func rounded(_ x: Int32, _ power: Int32) -> Int32 {
        let mask = Int32(truncatingIfNeeded: (1 as Int64) << Int64(power) - 1)
        let threshold = (mask >> 1) + (x < 0 ? 1 : 0)
        return (x >> power) + (x & mask > threshold ? 1 : 0)
    }
}

/// Builds the requantization parameters of blocks of channels.
struct ChannelParametersBuilder {
    /// Parameters of each block of 16 channels.
    private(set) var blocks: [ChannelParameters]
    /// Fastest form of rounding that is valid for all channels.
    private(set) var rounding: RoundingMode
    /// Channels in a vector of sums.
    private let lanes: Int
    private let zeroPoint: Int32

    /// Maximum right shift for which the sum of the rectified form fits 64 bits, and the shifted zero point 32 bits.
    private static let mostShift: Int32 = 22

    /// - Parameters:
    ///   - channels: the number of channels.
    ///   - lanes: channels in a vector of sums.
    ///   - zeroPoint: the zero point of the output.
    ///   - low: the lower bound of the activation.
    init(channels: Int, lanes: Int, zeroPoint: Int32, low: Int32) {
        blocks = [ChannelParameters](repeating: ChannelParameters(), count: (channels + 15) / 16)
        self.lanes = lanes
        self.zeroPoint = zeroPoint
        rounding = low >= zeroPoint ? .rectified : .moderate
    }

    /// Sets the parameters of a channel.
    ///
    /// - Parameters:
    ///   - channel: the index of the channel.
    ///   - bias: the initial value of the sum.
    ///   - factor: the requantization factor.
    ///   - shift: an additional left shift of the sum.
    ///   - largest: an upper bound of the absolute value of the sum.
    mutating func set(_ channel: Int, bias: Int32, factor: QuantizedMultiplier, shift: Int32 = 0, largest: Int64 = .max)
    {
        let (block, at) = (channel / 16, channel % 16)
        let right = factor.rightShift
        blocks[block].bias[at] = bias
        blocks[block].multiplier[at] = factor.multiplier
        if at % 2 == 1 { blocks[block].oddMultiplier[at - 1] = factor.multiplier }
        blocks[block].leftShift[at] = min(factor.leftShift + shift, 31)
        blocks[block].rightShift[at] = right
        blocks[block].half[at] = right > 0 ? 1 << (right - 1) : 0
        blocks[block].signMask[at] = right > 0 ? -1 : 0
        blocks[block].zeroPoint[at] = zeroPoint
        guard (1...Self.mostShift).contains(right), factor.leftShift + shift == 0 else {
            rounding = .general
            return
        }
        blocks[block].rectifiedShift[at] = right - 1
        blocks[block].offset[at] = 1 << (right - 1) + zeroPoint << right
        if rounding == .moderate, largest >= 1 << 29 { rounding = .general }
        setRounding(block, at, 1 << 30 + 1 << Int64(30 + right) + Int64(zeroPoint) << Int64(31 + right))
    }

    /// Stores the addend of the rectified form. In each vector, even channels precede odd ones.
    private mutating func setRounding(_ block: Int, _ at: Int, _ summand: Int64) {
        let index = at / lanes * lanes + at % lanes % 2 * (lanes / 2) + at % lanes / 2
        if index < 8 {
            blocks[block].rounding.0[index] = summand
        } else {
            blocks[block].rounding.1[index - 8] = summand
        }
    }

    /// Returns a block with the same parameters for all channels.
    static func uniform(
        bias: Int32, factor: QuantizedMultiplier, shift: Int32 = 0, lanes: Int, zeroPoint: Int32 = 0
    ) -> ChannelParameters {
        var builder = ChannelParametersBuilder(channels: 16, lanes: lanes, zeroPoint: zeroPoint, low: 0)
        for channel in 0..<16 { builder.set(channel, bias: bias, factor: factor, shift: shift) }
        return builder.blocks[0]
    }
}
