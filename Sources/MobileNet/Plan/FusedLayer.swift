/// Several layers of a graph that one kernel computes in one pass.
struct FusedLayer {
    enum Kind: Equatable {
        /// A matrix product over pixels, or the first convolution of a network.
        case convolution(KernelGeometry)
        case depthwise(KernelGeometry)
        case transposedConvolution(KernelGeometry)
        case dense
        case mean
        case pool(KernelGeometry, isMaximum: Bool)
        case elementwise(Elementwise)
        /// What only moves numbers, or is rare: see ``GeneralTask``.
        case general(Layer)

        /// Whether it takes the plane of its input as one row of pixels, without anything between its rows.
        var isProductOverPixels: Bool {
            switch self {
            case .convolution(let kernel): kernel.isPixel
            case .transposedConvolution: true
            default: false
            }
        }

        /// Whether an activation can be computed along the way.
        var takesActivation: Bool {
            switch self {
            case .convolution, .depthwise, .transposedConvolution, .dense, .elementwise: true
            case .mean, .pool, .general: false
            }
        }
    }

    /// What an elementwise layer does, besides its activation.
    enum Elementwise: Equatable {
        case copy
        case add
        case addChannels
        case multiply
        case scaleChannels
    }

    var kind: Kind
    /// The node that it starts with, whose name error messages use.
    var node: Int
    var input: Graph.Value
    /// The second operand of an elementwise layer.
    var second: Graph.Value?
    /// What else a general layer reads.
    var others: [Graph.Value] = []
    /// What it computes: the value of the last node that it includes.
    var output: Graph.Value
    var weights: FoldedWeights?
    /// The anchors of boxes.
    var anchors: [Float] = []
    /// Added to the sum, before the activation.
    var residual: Graph.Value?
    /// Factors for its input channels.
    var gate: Graph.Value?
    /// The mean of each channel of the output, which is computed along the way.
    var channelMeans: Graph.Value?
    var activation: Activation = .linear

    /// All values that it reads.
    var reads: [Graph.Value] { [input] + [second, residual, gate].compactMap { $0 } + others }

    /// All values that it computes.
    var writes: [Graph.Value] { [output] + [channelMeans].compactMap { $0 } }
}
