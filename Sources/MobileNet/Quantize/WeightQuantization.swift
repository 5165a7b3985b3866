/// Quantization of the weights of a layer to int8: symmetric, with one scale for each output channel (Krishnamoorthi,
/// "Quantizing deep convolutional networks for efficient inference", 2018, section 3.1.2).
struct WeightQuantization {
    /// Scale and zero point of the input.
    let source: Quantization
    /// Scale and zero point of the output.
    let target: Quantization
    /// Mean of each channel of the input in the float network; empty if it is not known.
    let inputMeans: [Float]
    /// Whether each output reads the channel of its number only.
    let isDepthwise: Bool

    /// Least factor from sums to outputs. Weights with smaller scales do not change the output, but the arithmetic would
    /// need wider shifts.
    private static let leastFactor: Float = 1 / 0x1p20
    /// Largest bias in units of the sums.
    private static let mostBias: Float = 0x1p29

    /// Returns the quantized weights and biases.
    ///
    /// Rounded weights shift the mean of the outputs. The biases take it back: Nagel et al., "Data-free quantization
    /// through weight equalization and bias correction", 2019, section 4.2.
    ///
    /// - Throws: ``FormatError`` for weights that are not finite.
    func quantize(
        _ folded: FoldedWeights, parameters: [Parameter]
    ) throws(FormatError) -> (weight: QuantizedTensor, bias: QuantizedTensor) {
        let reduction = folded.reduction
        var weights = [Int8](repeating: 0, count: folded.weight.count)
        var (biases, scales) = ([Int32](), [Float]())
        for output in 0..<folded.outputs {
            let range = output * reduction..<(output + 1) * reduction
            let scale = scale(of: folded.weight[range], bias: folded.bias[output])
            var shift: Double = 0
            for at in range {
                let steps = min(max((folded.weight[at] / scale).rounded(), -127), 127)
                weights[at] = Int8(steps)
                shift += Double(steps * scale - folded.weight[at]) * mean(at - range.lowerBound, output, reduction)
            }
            let bias = (Double(folded.bias[output]) - shift) / (Double(source.scale) * Double(scale))
            biases.append(Int32(min(max(bias.rounded(), -0x1p30), 0x1p30)))
            scales.append(scale)
        }
        return (
            try QuantizedTensor(shape: parameters[0].shape, values: .int8(weights), scales: scales, zeroPoint: 0),
            try QuantizedTensor(
                shape: parameters[1].shape, values: .int32(biases), scales: scales.map { $0 * source.scale },
                zeroPoint: 0)
        )
    }

    private func scale(of weights: ArraySlice<Float>, bias: Float) -> Float {
        let largest = weights.reduce(0) { max($0, abs($1)) }
        return max(
            largest / 127, abs(bias) / (Self.mostBias * source.scale), Self.leastFactor * target.scale / source.scale)
    }

    /// Mean of the input that a weight is multiplied by.
    private func mean(_ place: Int, _ output: Int, _ reduction: Int) -> Double {
        guard !inputMeans.isEmpty else { return 0 }
        return Double(inputMeans[isDepthwise ? output : place / (reduction / inputMeans.count)])
    }
}
