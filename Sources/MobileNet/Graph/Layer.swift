import Kernels

/// The functions that stand behind layers.
public typealias Activation = Kernels.Activation

extension Activation: Codable {}

/// What a node of a ``Graph`` computes.
public enum Layer: Equatable, Sendable {
    /// The image, C × H × W, already normalised.
    case input
    /// A convolution over all input channels. Parameters: `weight` `[outputs, inputs, height, width]`, `bias` `[outputs]`.
    case convolution(outputs: Int, kernel: KernelGeometry, bias: Bool)
    /// A convolution of each channel on its own. Parameters: `weight` `[channels, 1, height, width]`, `bias` `[channels]`.
    case depthwise(kernel: KernelGeometry, bias: Bool)
    /// A convolution read backwards: each input pixel is spread over a window of the output. Parameters: `weight`
    /// `[inputs, outputs, height, width]`, `bias` `[outputs]`.
    case transposedConvolution(outputs: Int, kernel: KernelGeometry, bias: Bool)
    /// A fully connected layer on a vector. Parameters: `weight` `[outputs, inputs]`, `bias` `[outputs]`.
    case dense(outputs: Int)
    /// Batch normalisation (Ioffe & Szegedy, 2015) with the statistics of training. Parameters:
    /// `weight`, `bias`, `running_mean`, `running_var`, each `[channels]`.
    case normalization(epsilon: Float)
    case activation(Activation)
    /// The sum of two tensors of one shape, or of a tensor and a summand for each of its channels.
    case add
    /// The product of two tensors of one shape, or of a tensor and a factor for each of its channels.
    case multiply
    /// The mean of each channel over its plane.
    case globalAveragePool
    /// The mean of what the window covers of the image.
    case averagePool(KernelGeometry)
    /// The largest of what the window covers of the image.
    case maxPool(KernelGeometry)
    /// Each pixel becomes a square of `factor` × `factor` pixels.
    case upsample(factor: Int)
    /// All channels of all inputs, one input after the other.
    case concatenation
    /// Reads a tensor pixel by pixel, all channels of a pixel after each other, as a table whose rows have this many
    /// numbers: a shape of that many channels and one pixel a row.
    case rows(Int)
    /// Tables one below the other.
    case stack
    /// `exp(x) / Σ exp(x)` over the channels of each pixel.
    case softmax
    /// Numbers to bytes, or bytes to other bytes: what the node's quantization says.
    case quantize
    /// Bytes to numbers.
    case dequantize
    /// Boxes, of a table of boxes and one of scores. Parameter: `anchors` `[rows, 4]`.
    case detections(DetectionParameters)

    /// Whether what it computes are always numbers, and never bytes.
    var isAlwaysFloat: Bool {
        switch self {
        case .dequantize, .detections: true
        default: false
        }
    }

    /// How many inputs it takes.
    var arity: ClosedRange<Int> {
        switch self {
        case .input: 0...0
        case .add, .multiply, .detections: 2...2
        case .concatenation, .stack: 1...64
        default: 1...1
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
        case upsample, concatenation, rows, stack, softmax, quantize, dequantize, detections
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
}
