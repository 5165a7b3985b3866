/// The mean or the largest of what a window covers of each channel's plane.
///
/// What lies outside of the plane counts for nothing: no border is read, and a mean is taken of fewer pixels there.
public struct PoolTask: BitwiseCopyable {
    /// What is pooled.
    public var input: Plane
    /// Rows of the input.
    public var inputHeight: Int
    /// Pixels in a row of the input.
    public var inputWidth: Int
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
    /// How many rows of the first window lie above the plane.
    public var top: Int
    /// How many columns of the first window lie to the left of the plane.
    public var left: Int
    /// Whether the largest is taken, and not the mean.
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
