import Foundation
import KernelInterface

/// Builds the requantization parameters of blocks of channels for arithmetic in float32: see ``RoundingMode/scaled`` and
/// ``RoundingMode/hardSwish``.
struct FloatParametersBuilder {
    /// Parameters of each block of 16 channels.
    private(set) var blocks: [ChannelParameters]
    /// Form of rounding.
    let rounding: RoundingMode

    /// Largest magnitude of a scaled sum: all instruction sets convert it to the same integer.
    private static let mostSteps = 0x1p30

    /// - Parameters:
    ///   - weights: the weights of a layer.
    ///   - source: the quantization of its input.
    ///   - target: the quantization of its output.
    ///   - function: the activation, ``Activation/linear`` or ``Activation/hardSwish``.
    init(_ weights: IntegerWeights, from source: Quantization, to target: Quantization, function: Activation) {
        blocks = [ChannelParameters](repeating: ChannelParameters(), count: (weights.outputs + 15) / 16)
        rounding = function == .hardSwish ? .hardSwish : .scaled
        let biases = weights.biases(inputZeroPoint: source.zeroPoint)
        for channel in 0..<weights.outputs {
            let (block, at) = (channel / 16, channel % 16)
            let weightScale = weights.scales.count == 1 ? weights.scales[0] : weights.scales[channel]
            var scale = Double(source.scale) * Double(weightScale)
            if function != .hardSwish { scale /= Double(target.scale) }
            // Inputs go to 255, weights to ±255. Only a file that is made for it has a larger scale.
            let largest = Double(weights.reduction) * 255 * 255 + abs(Double(biases[channel]))
            let most = function == .hardSwish ? Self.mostSteps * Double(min(target.scale, 1)) : Self.mostSteps
            blocks[block].bias[at] = biases[channel]
            blocks[block].scale[at] = Float(min(scale, most / largest))
            blocks[block].floatZeroPoint[at] = Float(target.zeroPoint)
            blocks[block].functionScale[at] = 1 / (6 * target.scale)
        }
    }

    /// Returns the parameters of a sum of two operands: the two operands, then the result.
    static func weightedSum(of sources: [Quantization], to target: Quantization) -> [ChannelParameters] {
        let ratios = sources.map { Double($0.scale) / Double(target.scale) }
        // The larger multiplier has up to 20 bits, and so has the zero point's: the sum of both products and the bias fits 31.
        let bits = 20 - max(ceil(log2(max(ratios[0], ratios[1]))), 0)
        let multipliers = ratios.map { Int32(min(($0 * exp2(bits)).rounded(), 0x1p20)) }
        let offset = multipliers[0] &* sources[0].zeroPoint &+ multipliers[1] &* sources[1].zeroPoint
        var parameters = multipliers.map { multiplier in
            var operand = ChannelParameters()
            operand.multiplier = SIMD16(repeating: multiplier)
            return operand
        }
        var result = ChannelParameters()
        result.bias = SIMD16(repeating: Int32((Double(target.zeroPoint) * exp2(bits)).rounded()) &- offset)
        result.scale = SIMD16(repeating: Float(exp2(-bits)))
        parameters.append(result)
        return parameters
    }

    /// Returns the parameters of a product of two operands: the two operands, then the result.
    static func product(of sources: [Quantization], to target: Quantization) -> [ChannelParameters] {
        var parameters = sources.map { source in
            var operand = ChannelParameters()
            operand.bias = SIMD16(repeating: -source.zeroPoint)
            return operand
        }
        let scale = Double(sources[0].scale) * Double(sources[1].scale) / Double(target.scale)
        var result = ChannelParameters()
        result.scale = SIMD16(repeating: Float(min(scale, mostSteps / (255 * 255))))
        result.floatZeroPoint = SIMD16(repeating: Float(target.zeroPoint))
        parameters.append(result)
        return parameters
    }
}
