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

/// Fills in the parameters of blocks of channels.
struct ChannelParametersBuilder {
    /// For each block of 16 channels.
    private(set) var blocks: [ChannelParameters]
    /// Channels in a vector of the instruction set.
    private let lanes: Int
    private let zeroPoint: Int32
    /// Whether the short form of rounding serves: no negative result survives, and every channel is shifted right.
    private(set) var isRectified: Bool

    /// The most that a channel may be shifted right for the sum of the short form to fit 64 bits.
    private static let mostShift: Int32 = 22

    /// - Parameters:
    ///   - low: the least byte that the activation lets through.
    init(channels: Int, lanes: Int, zeroPoint: Int32, low: Int32) {
        blocks = [ChannelParameters](repeating: ChannelParameters(), count: (channels + 15) / 16)
        self.lanes = lanes
        self.zeroPoint = zeroPoint
        isRectified = low >= zeroPoint
    }

    /// The parameters of one channel.
    ///
    /// - Parameter shift: how far sums are shifted left on top of what the factor says.
    mutating func set(_ channel: Int, bias: Int32, factor: QuantizedMultiplier, shift: Int32 = 0) {
        let (block, at) = (channel / 16, channel % 16)
        let right = factor.rightShift
        blocks[block].bias[at] = bias
        blocks[block].multiplier[at] = factor.multiplier
        blocks[block].leftShift[at] = min(factor.leftShift + shift, 31)
        blocks[block].rightShift[at] = right
        blocks[block].half[at] = right > 0 ? 1 << (right - 1) : 0
        blocks[block].signMask[at] = right > 0 ? -1 : 0
        blocks[block].zeroPoint[at] = zeroPoint
        guard (1...Self.mostShift).contains(right), factor.leftShift + shift == 0 else {
            isRectified = false
            return
        }
        blocks[block].rectifiedShift[at] = right - 1
        let rounding = 1 << 30 + 1 << Int64(30 + right) + Int64(zeroPoint) << Int64(31 + right)
        // Of each vector, the even channels lie before the odd ones.
        let place = at / lanes * lanes + at % lanes % 2 * (lanes / 2) + at % lanes / 2
        if place < 8 {
            blocks[block].rounding.0[place] = rounding
        } else {
            blocks[block].rounding.1[place - 8] = rounding
        }
    }

    /// The same for all channels of one block.
    static func uniform(
        bias: Int32, factor: QuantizedMultiplier, shift: Int32 = 0, lanes: Int, zeroPoint: Int32 = 0
    ) -> ChannelParameters {
        var builder = ChannelParametersBuilder(channels: 16, lanes: lanes, zeroPoint: zeroPoint, low: 0)
        for channel in 0..<16 { builder.set(channel, bias: bias, factor: factor, shift: shift) }
        return builder.blocks[0]
    }
}
