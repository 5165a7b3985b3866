/// The weights of a convolution or a dense layer, with the batch normalisation behind it folded in.
///
/// Batch normalisation is γ (x − μ) / √(σ² + ε) + β for each channel, so a factor and a summand
/// (Jacob et al., 2018, section 3.2). Both are computed in double precision.
struct FoldedWeights {
    /// `[outputs][reduction]`.
    var weight: [Float]
    /// `[outputs]`.
    var bias: [Float]

    var outputs: Int { bias.count }
    var reduction: Int { weight.count / bias.count }

    /// The weights of a node.
    ///
    /// - Throws: ``WeightsError`` if a tensor is missing or has another shape.
    init(of node: Graph.Node, in weights: Weights) throws(WeightsError) {
        let parameters = node.parameters
        weight = try weights.values(of: parameters[0])
        bias =
            parameters.count > 1
            ? try weights.values(of: parameters[1])
            : [Float](repeating: 0, count: parameters[0].shape[0])
    }

    /// Folds in the batch normalisation of a node that follows.
    mutating func fold(_ node: Graph.Node, epsilon: Float, from weights: Weights) throws(WeightsError) {
        var statistics: [[Float]] = []
        for parameter in node.parameters { statistics.append(try weights.values(of: parameter)) }
        let reduction = reduction
        for channel in 0..<outputs {
            let variance = Double(statistics[3][channel]) + Double(epsilon)
            guard variance > 0 else { throw .negativeVariance(node.parameters[3].name) }
            let factor = Double(statistics[0][channel]) / variance.squareRoot()
            let centred = Double(bias[channel]) - Double(statistics[2][channel])
            bias[channel] = Float(Double(statistics[1][channel]) + centred * factor)
            for at in channel * reduction..<(channel + 1) * reduction {
                weight[at] = Float(Double(weight[at]) * factor)
            }
        }
    }
}
