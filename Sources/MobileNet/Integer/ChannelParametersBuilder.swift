import Kernels

/// Fills in the parameters of blocks of channels.
struct ChannelParametersBuilder {
    /// For each block of 16 channels.
    private(set) var blocks: [ChannelParameters]
    /// The shortest form of rounding that serves for all channels.
    private(set) var rounding: RoundingMode
    /// Channels in a vector of the instruction set.
    private let lanes: Int
    private let zeroPoint: Int32

    /// The most that a channel may be shifted right for the sum of the rectified form to fit 64 bits, and for the
    /// zero point to be shifted as far to the left within 32.
    private static let mostShift: Int32 = 22

    /// - Parameters:
    ///   - low: the least byte that the activation lets through.
    init(channels: Int, lanes: Int, zeroPoint: Int32, low: Int32) {
        blocks = [ChannelParameters](repeating: ChannelParameters(), count: (channels + 15) / 16)
        self.lanes = lanes
        self.zeroPoint = zeroPoint
        rounding = low >= zeroPoint ? .rectified : .moderate
    }

    /// The parameters of one channel.
    ///
    /// - Parameters:
    ///   - shift: how far sums are shifted left on top of what the factor says.
    ///   - largest: no sum is further from zero.
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

    /// Of each vector, the even channels lie before the odd ones.
    private mutating func setRounding(_ block: Int, _ at: Int, _ summand: Int64) {
        let place = at / lanes * lanes + at % lanes % 2 * (lanes / 2) + at % lanes / 2
        if place < 8 {
            blocks[block].rounding.0[place] = summand
        } else {
            blocks[block].rounding.1[place - 8] = summand
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
