/// Quantized depthwise convolution.
///
/// The padding of the input is in memory, as a border that holds the zero point. The kernel is read in *steps* of
/// ``IntegerKernelTable/group`` neighbouring pixels. With stride 1, two neighbouring outputs may share a step; each has
/// its own weights: those of the second are shifted by one pixel. So there may be one step more than the kernel needs.
/// Weights outside of the kernel are zeros.
public struct IntegerDepthwiseTask: BitwiseCopyable {
    /// Input. `input.base` is the receptive field of output pixel (0, 0), that is, a corner of the border.
    public var input: BytePlane
    /// Output.
    public var output: MutableBytePlane
    /// Number of blocks of channels.
    public var blocks: Int
    /// Rows of the output.
    public var outputHeight: Int
    /// Columns of the output.
    public var outputWidth: Int
    /// Stride between rows of the output, in input pixels.
    public var verticalStride: Int
    /// Stride between columns of the output, in input pixels.
    public var horizontalStride: Int
    /// Number of steps of the kernel.
    public var steps: Int
    /// Offset of each step from the start of the receptive field, in bytes.
    public var stepOffsets: UnsafePointer<Int32>
    /// Number of neighbouring outputs that share a step: ``IntegerKernelTable/depthwisePhases`` with stride 1, else 1.
    public var phases: Int
    /// Weights, `[blocks][steps][phases][16][group]`; int8, or int16 where the loops widen.
    public var weights: UnsafeRawPointer
    /// Requantization parameters, one for each block.
    public var channels: UnsafePointer<ChannelParameters>
    /// Form of rounding from sums to uint8.
    public var rounding: RoundingMode
    /// Lower bound of the activation.
    public var low: UInt8
    /// Upper bound of the activation.
    public var high: UInt8

    public init(
        input: BytePlane, output: MutableBytePlane, blocks: Int, outputHeight: Int, outputWidth: Int,
        verticalStride: Int, horizontalStride: Int, steps: Int, stepOffsets: UnsafePointer<Int32>, phases: Int,
        weights: UnsafeRawPointer, channels: UnsafePointer<ChannelParameters>, rounding: RoundingMode,
        low: UInt8, high: UInt8
    ) {
        self.input = input
        self.output = output
        self.blocks = blocks
        self.outputHeight = outputHeight
        self.outputWidth = outputWidth
        self.verticalStride = verticalStride
        self.horizontalStride = horizontalStride
        self.steps = steps
        self.stepOffsets = stepOffsets
        self.phases = phases
        self.weights = weights
        self.channels = channels
        self.rounding = rounding
        self.low = low
        self.high = high
    }
}
