/// A quantised depthwise convolution.
///
/// The input has its padding in memory, as a border that holds the zero point. The window is taken in *steps*
/// of ``IntegerKernelTable/group`` neighbouring pixels; where the window moves by one pixel, a step may serve
/// two neighbouring outputs, with weights of their own each: those of the second are the first's, one pixel later.
/// So there may be a step more than the window itself needs; weights outside of it are zeros.
public struct IntegerDepthwiseTask: BitwiseCopyable {
    /// `input.base` is the window of output pixel (0, 0), that is, a corner of the border.
    public var input: BytePlane
    /// What is computed.
    public var output: MutableBytePlane
    /// How many blocks of channels there are.
    public var blocks: Int
    /// Rows of the output.
    public var outputHeight: Int
    /// Pixels in a row of the output.
    public var outputWidth: Int
    /// How far the window moves between rows.
    public var verticalStride: Int
    /// How far the window moves between pixels.
    public var horizontalStride: Int
    /// How many steps a window has.
    public var steps: Int
    /// Where each step begins, in bytes from the window.
    public var stepOffsets: UnsafePointer<Int32>
    /// How many neighbouring outputs a step serves: ``IntegerKernelTable/depthwisePhases`` if the window moves by one
    /// pixel, else 1.
    public var phases: Int
    /// `[blocks][steps][phases][16][group]`; bytes, or where the loops widen, 16-bit numbers.
    public var weights: UnsafeRawPointer
    /// For each block.
    public var channels: UnsafePointer<ChannelParameters>
    /// How sums become bytes.
    public var rounding: RoundingMode
    /// The activation: no byte below.
    public var low: UInt8
    /// The activation: no byte above.
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
