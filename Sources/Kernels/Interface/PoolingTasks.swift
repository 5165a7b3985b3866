/// Global average pooling: the mean of each channel over the plane.
public struct MeanTask: BitwiseCopyable {
    /// Input.
    public var input: Plane
    /// Number of blocks of channels.
    public var blocks: Int
    /// Rows.
    public var height: Int
    /// Pixels of a row.
    public var width: Int
    /// Means, `[blocks][lanes]`.
    public var output: UnsafeMutablePointer<Float>

    public init(input: Plane, blocks: Int, height: Int, width: Int, output: UnsafeMutablePointer<Float>) {
        self.input = input
        self.blocks = blocks
        self.height = height
        self.width = width
        self.output = output
    }
}

/// Average pooling or max pooling.
///
/// The padding does not count: no border is read, and at the edges the mean is taken of fewer pixels.
public struct PoolTask: BitwiseCopyable {
    /// Input.
    public var input: Plane
    /// Rows of the input.
    public var inputHeight: Int
    /// Columns of the input.
    public var inputWidth: Int
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
    /// Rows of padding above the input.
    public var top: Int
    /// Columns of padding to the left of the input.
    public var left: Int
    /// Whether it is max pooling.
    public var isMaximum: Bool

    public init(
        input: Plane, inputHeight: Int, inputWidth: Int, output: MutablePlane, blocks: Int,
        outputHeight: Int, outputWidth: Int, kernelHeight: Int, kernelWidth: Int,
        verticalStride: Int, horizontalStride: Int, top: Int, left: Int, isMaximum: Bool
    ) {
        self.input = input
        self.inputHeight = inputHeight
        self.inputWidth = inputWidth
        self.output = output
        self.blocks = blocks
        self.outputHeight = outputHeight
        self.outputWidth = outputWidth
        self.kernelHeight = kernelHeight
        self.kernelWidth = kernelWidth
        self.verticalStride = verticalStride
        self.horizontalStride = horizontalStride
        self.top = top
        self.left = left
        self.isMaximum = isMaximum
    }
}
