/// Layers of a graph that one kernel computes in one pass.
struct FusedLayer {
    enum Kind: Equatable {
        /// Matrix product over pixels, or convolution of the input image.
        case convolution(KernelGeometry)
        case depthwise(KernelGeometry)
        case transposedConvolution(KernelGeometry)
        case dense
        case mean
        case pool(KernelGeometry, isMaximum: Bool)
        case elementwise(Elementwise)
        /// Rare layer without an optimized kernel.
        case general(General)

        /// Whether it reads the plane of its input as one contiguous row of pixels, so that the input has no border.
        var isProductOverPixels: Bool {
            switch self {
            case .convolution(let kernel): kernel.isPixel
            case .transposedConvolution: true
            case .depthwise, .dense, .mean, .pool, .elementwise, .general: false
            }
        }

        /// Whether the kernel can apply an activation to its output.
        var takesActivation: Bool {
            switch self {
            case .convolution, .depthwise, .transposedConvolution, .dense, .elementwise: true
            case .mean, .pool, .general: false
            }
        }
    }

    /// Operation of an elementwise layer, besides its activation.
    enum Elementwise: Equatable {
        case copy
        case add
        case addChannels
        case multiply
        case scaleChannels
    }

    /// Layer that a ``GeneralTask`` computes.
    enum General: Equatable {
        case upsample(factor: Int)
        case concatenation(ConcatenationAxis)
        case reshape
        case softmax
        case detections(DetectionParameters)
    }

    var kind: Kind
    /// Convolution that computes the input, panel by panel, if no other layer reads it: one layer or none. It is an array
    /// because a structure cannot contain itself. See
    /// ``Lowering/lowerExpanded(_:_:index:)``.
    var expansion: [FusedLayer] = []
    /// Index of the first node. Error messages use its name.
    var node: Int
    var input: Graph.Value
    /// Second operand of an elementwise layer.
    var second: Graph.Value?
    /// Further inputs of a general layer.
    var others: [Graph.Value] = []
    /// Output: the value of the last node.
    var output: Graph.Value
    var weights: FoldedWeights?
    /// Anchors of the detection post-processing.
    var anchors: [Float] = []
    /// Tensor that is added before the activation.
    var residual: Graph.Value?
    /// Factors of the input channels (squeeze-and-excitation).
    var gate: Graph.Value?
    /// Mean of each channel of the output, computed in the same pass.
    var channelMeans: Graph.Value?
    var activation: Activation = .linear

    /// All inputs.
    var reads: [Graph.Value] {
        (expansion.first?.reads ?? [input]) + [second, residual, gate].compactMap { $0 } + others
    }

    /// All outputs.
    var writes: [Graph.Value] { [output] + [channelMeans].compactMap { $0 } }
}

/// Axis along which tensors are concatenated.
enum ConcatenationAxis: Equatable {
    case channels
    case height
}
