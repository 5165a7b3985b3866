/// Several layers of a graph that one kernel computes in one pass.
struct FusedLayer {
    enum Kind: Equatable {
        /// A matrix product over pixels, or the first convolution of a network.
        case convolution(Window)
        case depthwise(Window)
        case dense
        case mean
        case elementwise(Elementwise)
    }

    /// What an elementwise layer does, besides its activation.
    enum Elementwise: Equatable {
        case copy
        case add
        case multiply
        case scaleChannels
    }

    var kind: Kind
    /// The node that it starts with, whose name error messages use.
    var node: Int
    var input: Graph.Value
    /// The second operand of an elementwise layer.
    var second: Graph.Value?
    /// What it computes: the value of the last node that it includes.
    var output: Graph.Value
    var weights: FoldedWeights?
    /// Added to the sum, before the activation.
    var residual: Graph.Value?
    /// Factors for its input channels.
    var gate: Graph.Value?
    /// The mean of each channel of the output, which is computed along the way.
    var channelMeans: Graph.Value?
    var activation: Activation = .linear

    /// All values that it reads.
    var reads: [Graph.Value] { [input] + [second, residual, gate].compactMap { $0 } }

    /// All values that it computes.
    var writes: [Graph.Value] { [output] + [channelMeans].compactMap { $0 } }
}
