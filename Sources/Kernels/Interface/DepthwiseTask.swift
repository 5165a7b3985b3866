/// A depthwise convolution: each channel with a window of its own (Sifre, 2014; MobileNetV1, 2017).
///
/// The input has its padding in memory, as a border of zeros, so the loop knows no edges.
public struct DepthwiseTask: BitwiseCopyable {
    /// `input.base` is the window of output pixel (0, 0), that is, a corner of the border.
    public var input: Plane
    /// What is computed.
    public var output: MutablePlane
    /// How many vectors of channels there are.
    public var blocks: Int
    /// Rows of the output.
    public var outputHeight: Int
    /// Pixels in a row of the output.
    public var outputWidth: Int
    /// Rows of the window.
    public var kernelHeight: Int
    /// Pixels in a row of the window.
    public var kernelWidth: Int
    /// How far the window moves between outputs that lie one below the other.
    public var verticalStride: Int
    /// How far the window moves between outputs that lie side by side.
    public var horizontalStride: Int
    /// `[blocks][kernelHeight * kernelWidth][lanes]`.
    public var weights: UnsafePointer<Float>
    /// `[blocks][lanes]`.
    public var bias: UnsafePointer<Float>
    /// What is done to each sum.
    public var activation: Activation
    /// Where the mean of each channel's output goes (`[blocks][lanes]`), for squeeze-and-excitation.
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
