import Kernels

/// The weights of a layer of bytes, with their zero point taken off.
struct IntegerWeights {
    /// `[outputs][reduction]`, from −255 to 255.
    var weight: [Int16]
    /// `[outputs]`.
    var bias: [Int32]
    /// The zero point that was taken off.
    var zeroPoint: Int32
    /// For each output, or for all of them.
    var scales: [Float]

    var outputs: Int { bias.count }
    var reduction: Int { weight.count / bias.count }

    /// - Throws: ``WeightsError`` if a tensor is missing or does not fit.
    init(of node: Graph.Node, in weights: Weights) throws(WeightsError) {
        let parameters = node.parameters
        let tensor = try weights.quantizedTensor(of: parameters[0])
        guard case .int8(let values) = tensor.values else { throw .width(parameters[0].name) }
        zeroPoint = tensor.zeroPoint
        let zero = Int16(tensor.zeroPoint)
        weight = values.map { Int16($0) - zero }
        scales = tensor.scales
        guard parameters.count > 1 else {
            bias = [Int32](repeating: 0, count: parameters[0].shape[0])
            return
        }
        guard case .int32(let summands) = try weights.quantizedTensor(of: parameters[1]).values else {
            throw .width(parameters[1].name)
        }
        bias = summands
    }

    /// What a step of each output's sums is worth, compared with a step of its bytes.
    ///
    /// In the same precision as TensorFlow Lite: with one scale for all, the product of scales is a Float.
    func factors(from source: Quantization, to target: Quantization) -> [QuantizedMultiplier] {
        if scales.count == 1 {
            let factor = QuantizedMultiplier(Double(source.scale * scales[0]) / Double(target.scale))
            return [QuantizedMultiplier](repeating: factor, count: outputs)
        }
        return scales.map { QuantizedMultiplier(Double(source.scale) * Double($0) / Double(target.scale)) }
    }

    /// Where the sums begin: the bias, less what the input's zero point adds to them.
    ///
    /// Σ (x − x₀) w = Σ x w − x₀ Σ w, and the border around the input holds x₀.
    func biases(inputZeroPoint: Int32) -> [Int32] {
        weight.withUnsafeBufferPointer { weight in
            let reduction = reduction
            return (0..<outputs).map { output in
                var sum: Int32 = 0
                for at in output * reduction..<(output + 1) * reduction { sum &+= Int32(weight[at]) }
                return bias[output] &- inputZeroPoint &* sum
            }
        }
    }

    /// Whether all weights fit a byte as they are.
    var fitsBytes: Bool { weight.allSatisfy { (-128...127).contains($0) } }

    /// How many bytes it takes to add up to each weight.
    var pieces: Int { fitsBytes ? 1 : weight.allSatisfy { (-256...254).contains($0) } ? 2 : 3 }

    /// The part of a weight that its piece of some number has.
    static func piece(_ number: Int, of weight: Int16) -> Int16 {
        var rest = weight
        for _ in 0..<number { rest -= min(max(rest, -128), 127) }
        return min(max(rest, -128), 127)
    }
}
