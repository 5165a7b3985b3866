/// Layers of a quantized graph that one kernel computes in one pass.
struct IntegerLayer {
    enum Kind {
        case convolution(KernelGeometry)
        case depthwise(KernelGeometry)
        case add
        case multiply
        /// Elementwise function, as a lookup table.
        case lookup(LookupTable)
        case globalAveragePool
        case pool(KernelGeometry, isMaximum: Bool)
        case softmax
        case upsample(factor: Int)
        case concatenation(ConcatenationAxis)
        case reshape
        /// Detection post-processing. Its output is float32.
        case detections(DetectionParameters)
    }

    var kind: Kind
    /// Index of the first node. Its name stands in error messages; its parameters are those of the layer.
    var node: Int
    var inputs: [Graph.Value]
    /// Output: the value of the last node.
    var output: Graph.Value
    /// Bounds of the output, from fused activations.
    var bounds = ActivationBounds()
    /// Fused activation that is no bound: hard swish, or linear for none.
    var function: Activation = .linear
}

extension GraphError {
    /// Creates the error for a layer that the engine does not support.
    static func unsupported(_ reason: String, at index: Int, of graph: Graph) -> GraphError {
        GraphError(layer: graph.nodes[index].name, index: index, reason: "not supported: \(reason)")
    }
}

/// Minimum and maximum of the quantized output of an activation, as TensorFlow Lite's
/// `CalculateActivationRangeQuantized` computes them.
struct ActivationBounds: Equatable {
    var low: UInt8 = 0
    var high: UInt8 = 255

    /// Creates the bounds of uint8.
    init() {}

    /// - Parameters:
    ///   - activation: the activation function; functions that are not piecewise linear have no bounds.
    ///   - quantization: the quantization of the output.
    init(_ activation: Activation, _ quantization: Quantization) {
        switch activation {
        case .relu:
            low = UInt8(quantization.zeroPoint)
        case .relu6:
            low = UInt8(quantization.zeroPoint)
            let six = (6 / quantization.scale).rounded(.toNearestOrAwayFromZero)
            high = UInt8(min(255, Int32(min(six, 1024)) + quantization.zeroPoint))
        case .linear, .hardSwish, .hardSigmoid, .sigmoid:
            break
        }
    }

    /// Returns the range that satisfies both bounds.
    func intersection(_ other: ActivationBounds) -> ActivationBounds {
        var both = self
        both.low = max(low, other.low)
        both.high = min(high, other.high)
        return both
    }
}
