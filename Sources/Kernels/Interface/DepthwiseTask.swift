/// Depthwise convolution: each channel has its own kernel (Sifre, 2014; MobileNetV1, 2017).
///
/// The padding of the input is in memory, as a border of zeros, so that the loop needs no special cases at the edges.
public struct DepthwiseTask: BitwiseCopyable {
    /// Input. `input.base` is the receptive field of output pixel (0, 0), that is, a corner of the border.
    public var input: Plane
    /// Output.
    public var output: MutablePlane
    /// Number of blocks of channels.
    public var blocks: Int
    /// Rows of the output.
    public var outputHeight: Int
    /// Columns of the output.
    public var outputWidth: Int
    /// Rows of the kernel.
    public var kernelHeight: Int
    /// Columns of the kernel.
    public var kernelWidth: Int
    /// Stride between rows of the output, in input pixels.
    public var verticalStride: Int
    /// Stride between columns of the output, in input pixels.
    public var horizontalStride: Int
    /// Weights, `[blocks][kernelHeight * kernelWidth][lanes]`.
    public var weights: UnsafePointer<Float>
    /// Biases, `[blocks][lanes]`.
    public var bias: UnsafePointer<Float>
    /// Activation of each sum.
    public var activation: Activation
    /// Memory for the mean of each channel of the output, `[blocks][lanes]`, for squeeze-and-excitation; `nil` if it is
    /// not needed.
    public var means: UnsafeMutablePointer<Float>?

    public init(
        input: Plane, output: MutablePlane, blocks: Int, outputHeight: Int, outputWidth: Int,
        kernelHeight: Int, kernelWidth: Int, verticalStride: Int, horizontalStride: Int,
        weights: UnsafePointer<Float>, bias: UnsafePointer<Float>,
        activation: Activation, means: UnsafeMutablePointer<Float>?
    ) {
        self.input = input
        self.output = output
        self.blocks = blocks
        self.outputHeight = outputHeight
        self.outputWidth = outputWidth
        self.kernelHeight = kernelHeight
        self.kernelWidth = kernelWidth
        self.verticalStride = verticalStride
        self.horizontalStride = horizontalStride
        self.weights = weights
        self.bias = bias
        self.activation = activation
        self.means = means
    }
}
