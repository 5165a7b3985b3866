/// A tensor of weights that a layer needs.
public struct Parameter: Equatable, Sendable {
    /// As `blocks.3.expand.weight`.
    public let name: String
    /// As PyTorch has it: `[outputs, inputs, height, width]`, or fewer.
    public let shape: [Int]
    /// Whether it is learned by gradient descent, and so counted in the papers' tables. The
    /// statistics of batch normalisation are not.
    public let isLearned: Bool

    /// How many numbers it has.
    public var count: Int { Extents.count(shape) ?? .max }
}

extension Graph.Node {
    /// The weights that it needs.
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
        default:
            return []
        }
    }

    /// Whether its weights are bytes, and its bias whole numbers: those of what computes bytes are.
    public var hasQuantizedWeights: Bool {
        guard quantization != nil else { return false }
        return switch layer {
        case .convolution, .depthwise, .dense, .transposedConvolution: true
        default: false
        }
    }

    /// How many multiplications and additions it takes for one image, counted in pairs as the papers do:
    /// convolutions and fully connected layers only.
    public var multiplyAdds: Int {
        switch layer {
        case .convolution(_, let kernel, _): shape.count * inputShape.channels * kernel.count
        case .depthwise(let kernel, _): shape.count * kernel.count
        case .transposedConvolution(let outputs, let kernel, _): inputShape.count * outputs * kernel.count
        case .dense: shape.count * inputShape.channels
        default: 0
        }
    }
}

extension Graph {
    /// The weights that the network needs.
    public var parameters: [Parameter] { nodes.flatMap(\.parameters) }

    /// The number of learned weights, as the papers count them.
    public var learnedParameterCount: Int {
        parameters.filter(\.isLearned).reduce(0) { $0 + $1.count }
    }

    /// Multiply-adds for one image.
    public var multiplyAdds: Int { nodes.reduce(0) { $0 + $1.multiplyAdds } }
}
