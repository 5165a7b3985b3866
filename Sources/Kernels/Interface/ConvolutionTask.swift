/// A convolution over contiguous stretches of its input: every 1×1 convolution, and the first
/// convolution of a network, whose window is three stretches of an interleaved image.
///
/// It is a matrix product: one row per output pixel, one column per output channel, and a reduction
/// that runs over `segments` stretches of `segmentLength` values each, `segmentStride` apart.
///
/// Activations are *channel-blocked*: a tensor of C × H × W lies in memory as
/// `[⌈C / lanes⌉][H][W][lanes]`, `lanes` being the width of the instruction set's vector. The last
/// block is filled up in stores and never read in the reduction.
///
/// All strides and offsets count floats. Pointers are not owned.
public struct ConvolutionTask: BitwiseCopyable {
    /// The first value of the first pixel's window.
    public var input: UnsafePointer<Float>
    /// From an output pixel's window to its right neighbour's.
    public var inputPixelStride: Int
    /// From the window of the first pixel of a row to that of the next row.
    public var inputRowStride: Int
    /// How many rows of pixels there are. A 1×1 convolution takes its whole plane as one row.
    public var rows: Int
    /// How many output pixels a row has.
    public var rowPixels: Int

    /// How many contiguous stretches the reduction has.
    public var segments: Int
    /// The length of each stretch but the last.
    public var segmentLength: Int
    /// The length of the last stretch.
    public var lastSegmentLength: Int
    /// From the start of a stretch to the start of the next.
    public var segmentStride: Int

    /// Panels of `[reduction][panel width]`, the last one narrower if the output needs it narrower.
    public var weights: UnsafePointer<Float>
    /// One value per output channel, filled up to whole vectors.
    public var bias: UnsafePointer<Float>
    /// How many vectors of output channels there are.
    public var outputBlocks: Int
    /// The function applied to the sum.
    public var activation: Activation

    /// The plane of the first output block.
    public var output: UnsafeMutablePointer<Float>
    /// Floats from a block of output channels to the next.
    public var outputBlockStride: Int
    /// Where each output pixel lies in the plane of its block: `rows * rowPixels` entries.
    public var outputOffsets: UnsafePointer<Int32>

    /// A tensor of the output's shape that is added before the activation.
    public var residual: UnsafePointer<Float>?
    /// Floats from a block of the residual to the next.
    public var residualBlockStride: Int
    /// For each pixel, where it lies in a block of the residual.
    public var residualOffsets: UnsafePointer<Int32>?

    /// One factor per input channel (the gate of squeeze-and-excitation), multiplied into each panel
    /// of weights before it is used. Needs `scratch`.
    public var gate: UnsafePointer<Float>?
    /// Room for one panel of weights.
    public var scratch: UnsafeMutablePointer<Float>?

    public init(
        input: UnsafePointer<Float>, inputPixelStride: Int, inputRowStride: Int, rows: Int, rowPixels: Int,
        segments: Int, segmentLength: Int, lastSegmentLength: Int, segmentStride: Int,
        weights: UnsafePointer<Float>, bias: UnsafePointer<Float>, outputBlocks: Int, activation: Activation,
        output: UnsafeMutablePointer<Float>, outputBlockStride: Int, outputOffsets: UnsafePointer<Int32>
    ) {
        self.input = input
        self.inputPixelStride = inputPixelStride
        self.inputRowStride = inputRowStride
        self.rows = rows
        self.rowPixels = rowPixels
        self.segments = segments
        self.segmentLength = segmentLength
        self.lastSegmentLength = lastSegmentLength
        self.segmentStride = segmentStride
        self.weights = weights
        self.bias = bias
        self.outputBlocks = outputBlocks
        self.activation = activation
        self.output = output
        self.outputBlockStride = outputBlockStride
        self.outputOffsets = outputOffsets
        residual = nil
        residualBlockStride = 0
        residualOffsets = nil
        gate = nil
        scratch = nil
    }
}
