/// Name and shape of a weight tensor of a layer.
public struct Parameter: Equatable, Sendable {
    /// Name, such as `blocks.3.expand.weight`.
    public let name: String
    /// Shape in PyTorch's order: `[outputs, inputs, height, width]`, or fewer dimensions.
    public let shape: [Int]
    /// Whether gradient descent learns it. The papers' tables count only such parameters; the statistics of batch
    /// normalization are not among them.
    public let isLearned: Bool

    /// Number of elements.
    public var count: Int { Extents.count(shape) ?? .max }
}

extension Graph.Node {
    /// Weight tensors that the layer needs.
    public var parameters: [Parameter] {
        let channels = inputShape.channels
        func parameter(_ suffix: String, _ shape: [Int], learned: Bool = true) -> Parameter {
            Parameter(name: "\(name).\(suffix)", shape: shape, isLearned: learned)
        }
        switch layer {
        case .convolution(let outputs, let kernel, let bias):
            let weight = parameter("weight", [outputs, channels, kernel.height, kernel.width])
            return [weight] + (bias ? [parameter("bias", [outputs])] : [])
        case .depthwise(let kernel, let bias):
            let weight = parameter("weight", [channels, 1, kernel.height, kernel.width])
            return [weight] + (bias ? [parameter("bias", [channels])] : [])
        case .transposedConvolution(let outputs, let kernel, let bias):
            let weight = parameter("weight", [channels, outputs, kernel.height, kernel.width])
            return [weight] + (bias ? [parameter("bias", [outputs])] : [])
        case .detections:
            return [parameter("anchors", [inputShape.height, 4], learned: false)]
        case .dense(let outputs):
            return [parameter("weight", [outputs, channels]), parameter("bias", [outputs])]
        case .normalization:
            return [
                parameter("weight", [channels]), parameter("bias", [channels]),
                parameter("running_mean", [channels], learned: false),
                parameter("running_var", [channels], learned: false),
            ]
        case .input, .activation, .add, .multiply, .globalAveragePool, .averagePool, .maxPool, .upsample,
            .concatenation, .reshape, .rowConcatenation, .softmax, .quantize, .dequantize:
            return []
        }
    }

    /// Whether its weights are int8 and its bias int32, as those of layers with a quantized output are.
    public var hasQuantizedWeights: Bool {
        guard quantization != nil else { return false }
        return switch layer {
        case .convolution, .depthwise, .dense, .transposedConvolution: true
        case .input, .normalization, .activation, .add, .multiply, .globalAveragePool, .averagePool, .maxPool,
            .upsample, .concatenation, .reshape, .rowConcatenation, .softmax, .quantize, .dequantize, .detections:
            false
        }
    }

    /// Multiply-adds for one image, counted as the papers do: of convolutions and fully connected layers only.
    public var multiplyAdds: Int {
        switch layer {
        case .convolution(_, let kernel, _): shape.count * inputShape.channels * kernel.count
        case .depthwise(let kernel, _): shape.count * kernel.count
        case .transposedConvolution(let outputs, let kernel, _): inputShape.count * outputs * kernel.count
        case .dense: shape.count * inputShape.channels
        case .input, .normalization, .activation, .add, .multiply, .globalAveragePool, .averagePool, .maxPool,
            .upsample, .concatenation, .reshape, .rowConcatenation, .softmax, .quantize, .dequantize, .detections:
            0
        }
    }
}

extension Graph {
    /// Weight tensors that the network needs.
    public var parameters: [Parameter] { nodes.flatMap(\.parameters) }

    /// Number of learned parameters, as the papers count them.
    public var learnedParameterCount: Int {
        parameters.filter(\.isLearned).reduce(0) { $0 + $1.count }
    }

    /// Multiply-adds for one image.
    public var multiplyAdds: Int { nodes.reduce(0) { $0 + $1.multiplyAdds } }
}
