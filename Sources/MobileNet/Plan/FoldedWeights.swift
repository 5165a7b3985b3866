/// Weights of a convolution or a dense layer, with the batch normalization behind it folded in.
///
/// Batch normalization is γ (x − μ) / √(σ² + ε) + β for each channel, that is, a factor and an addend (Jacob et al.,
/// 2018, section 3.2). Both are computed in double precision.
struct FoldedWeights {
    /// `[outputs][reduction]`.
    var weight: [Float]
    /// `[outputs]`.
    var bias: [Float]

    /// Number of consecutive outputs that share a channel of the batch normalization.
    private var outputsPerChannel = 1

    var outputs: Int { bias.count }
    var reduction: Int { weight.count / bias.count }

    /// Reads the weights of a node.
    ///
    /// - Throws: ``WeightsError`` if a tensor is missing or has another shape.
    init(of node: Graph.Node, in weights: Weights) throws(WeightsError) {
        let parameters = node.parameters
        if case .transposedConvolution(let outputs, let kernel, _) = node.layer {
            self = try Self(transposed: parameters, outputs: outputs, taps: kernel.count, in: weights)
            return
        }
        weight = try weights.values(of: parameters[0])
        bias =
            parameters.count > 1
            ? try weights.values(of: parameters[1])
            : [Float](repeating: 0, count: parameters[0].shape[0])
    }

    /// Reads the weights of a transposed convolution and orders them as those of a 1×1 convolution that computes all
    /// taps of the kernel: output `channel · taps + tap`.
    private init(
        transposed parameters: [Parameter], outputs: Int, taps: Int, in weights: Weights
    ) throws(WeightsError) {
        let stored = try weights.values(of: parameters[0])
        let inputs = parameters[0].shape[0]
        weight = [Float](repeating: 0, count: stored.count)
        for input in 0..<inputs {
            for output in 0..<outputs * taps {
                weight[output * inputs + input] = stored[input * outputs * taps + output]
            }
        }
        let summands =
            parameters.count > 1 ? try weights.values(of: parameters[1]) : [Float](repeating: 0, count: outputs)
        bias = summands.flatMap { [Float](repeating: $0, count: taps) }
        outputsPerChannel = taps
    }

    /// Creates the weights of an identity: one for each channel.
    init(identity channels: Int) {
        weight = [Float](repeating: 1, count: channels)
        bias = [Float](repeating: 0, count: channels)
    }

    /// Folds in the batch normalization of the node behind.
    mutating func fold(_ node: Graph.Node, epsilon: Float, from weights: Weights) throws(WeightsError) {
        var statistics: [[Float]] = []
        for parameter in node.parameters { statistics.append(try weights.values(of: parameter)) }
        let reduction = reduction
        for output in 0..<outputs {
            let channel = output / outputsPerChannel
            let variance = Double(statistics[3][channel]) + Double(epsilon)
            guard variance > 0 else { throw .negativeVariance(node.parameters[3].name) }
            let factor = Double(statistics[0][channel]) / variance.squareRoot()
            let centred = Double(bias[output]) - Double(statistics[2][channel])
            bias[output] = Float(Double(statistics[1][channel]) + centred * factor)
            for at in output * reduction..<(output + 1) * reduction {
                weight[at] = Float(Double(weight[at]) * factor)
            }
        }
    }
}
