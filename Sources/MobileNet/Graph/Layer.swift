import KernelInterface

/// Activation function of a layer.
public typealias Activation = KernelInterface.Activation

extension Activation: Codable {}

/// Operation of a node of a ``Graph``.
///
/// Shapes are given for one image, `[C, H, W]`. The parameters of a layer are tensors in PyTorch's order.
public enum Layer: Equatable, Sendable {
    /// Normalized image, `[3, H, W]`.
    case input
    /// Convolution over all input channels. Parameters: `weight` `[outputs, inputs, height, width]`, `bias` `[outputs]`.
    case convolution(outputs: Int, kernel: KernelGeometry, bias: Bool)
    /// Depthwise convolution. Parameters: `weight` `[channels, 1, height, width]`, `bias` `[channels]`.
    case depthwise(kernel: KernelGeometry, bias: Bool)
    /// Transposed convolution. Parameters: `weight` `[inputs, outputs, height, width]`, `bias` `[outputs]`.
    case transposedConvolution(outputs: Int, kernel: KernelGeometry, bias: Bool)
    /// Fully connected layer on a vector. Parameters: `weight` `[outputs, inputs]`, `bias` `[outputs]`.
    case dense(outputs: Int)
    /// Batch normalization (Ioffe & Szegedy, 2015) with the statistics of training. Parameters: `weight`, `bias`,
    /// `running_mean`, `running_var`, each `[channels]`.
    case normalization(epsilon: Float)
    /// Activation function, applied to each element.
    case activation(Activation)
    /// Sum of two tensors of the same shape, or of a tensor and a vector with one value for each channel.
    case add
    /// Product of two tensors of the same shape, or of a tensor and a vector with one value for each channel.
    case multiply
    /// Mean of each channel over its plane.
    case globalAveragePool
    /// Average pooling. The padding does not count: at the edges, the mean is taken of fewer pixels.
    case averagePool(KernelGeometry)
    /// Max pooling. The padding does not count.
    case maxPool(KernelGeometry)
    /// Nearest-neighbour upsampling: each pixel becomes `factor` × `factor` pixels.
    case upsample(factor: Int)
    /// Concatenation along the channels.
    case concatenation
    /// Reshape to `[channels, count / channels, 1]`. Elements are taken pixel by pixel, all channels of a pixel together.
    case reshape(channels: Int)
    /// Concatenation along the rows.
    case rowConcatenation
    /// `exp(x) / Σ exp(x)` over the channels of each pixel.
    case softmax
    /// Quantizes float32, or requantizes uint8, to the scale and zero point of the node.
    case quantize
    /// Dequantizes to float32.
    case dequantize
    /// Detection post-processing. Inputs: offsets of bounding boxes `[4, rows, 1]`, scores `[classes, rows, 1]`.
    /// Parameter: `anchors` `[rows, 4]`.
    case detections(DetectionParameters)

    /// Whether the output is float32 in quantized models, too.
    var isAlwaysFloat: Bool {
        switch self {
        case .dequantize, .detections: true
        case .input, .convolution, .depthwise, .transposedConvolution, .dense, .normalization, .activation, .add,
            .multiply, .globalAveragePool, .averagePool, .maxPool, .upsample, .concatenation, .reshape,
            .rowConcatenation, .softmax, .quantize:
            false
        }
    }

    /// Number of inputs.
    var arity: ClosedRange<Int> {
        switch self {
        case .input: 0...0
        case .add, .multiply, .detections: 2...2
        case .concatenation, .rowConcatenation: 1...64
        case .convolution, .depthwise, .transposedConvolution, .dense, .normalization, .activation,
            .globalAveragePool, .averagePool, .maxPool, .upsample, .reshape, .softmax, .quantize, .dequantize:
            1...1
        }
    }
}

/// The keys in model files do not change: those of the first version stay, whatever the cases are called here.
extension Layer: Codable {
    private enum CodingKeys: String, CodingKey {
        case input, convolution, depthwise, transposedConvolution, dense, normalization, activation, add, multiply
        case globalAveragePool = "globalMean"
        case averagePool = "meanPool"
        case maxPool = "maximumPool"
        case upsample, concatenation
        case reshape = "rows"
        case rowConcatenation = "stack"
        case softmax, quantize, dequantize, detections
    }

    private enum ConvolutionCodingKeys: String, CodingKey {
        case outputs, bias
        case kernel = "window"
    }

    private enum DepthwiseCodingKeys: String, CodingKey {
        case bias
        case kernel = "window"
    }

    private enum TransposedConvolutionCodingKeys: String, CodingKey {
        case outputs, bias
        case kernel = "window"
    }

    private enum ReshapeCodingKeys: String, CodingKey {
        case channels = "_0"
    }
}
