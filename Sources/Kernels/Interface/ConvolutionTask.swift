/// Convolution over contiguous segments of its input: any 1×1 convolution, and the first convolution of a network, whose
/// 3×3 kernel reads three segments of an interleaved image.
///
/// It is a matrix product: one row per output pixel, one column per output channel, and a reduction over `segments`
/// segments of `segmentLength` values each, `segmentStride` apart.
///
/// Activations are *channel-blocked*: the layout of a tensor `[C, H, W]` is `[⌈C / lanes⌉][H][W][lanes]`, where `lanes` is
/// the width of the instruction set's vector. The padding of the last block is written, but never read in the reduction.
///
/// All strides and offsets count floats. Pointers are not owned.
public struct ConvolutionTask: BitwiseCopyable {
    /// Receptive field of the first output pixel.
    public var input: UnsafePointer<Float>
    /// Distance between the receptive fields of neighbouring output pixels.
    public var inputPixelStride: Int
    /// Distance between the receptive fields of neighbouring rows.
    public var inputRowStride: Int
    /// Number of rows of pixels. A 1×1 convolution takes its plane as one row.
    public var rows: Int
    /// Output pixels of a row.
    public var rowPixels: Int

    /// Number of contiguous segments of the reduction.
    public var segments: Int
    /// Length of each segment but the last.
    public var segmentLength: Int
    /// Length of the last segment.
    public var lastSegmentLength: Int
    /// Distance between the starts of two segments.
    public var segmentStride: Int

    /// Panels of `[reduction][panel width]`, the last one narrower if the output is.
    public var weights: UnsafePointer<Float>
    /// One value per output channel, padded to whole vectors.
    public var bias: UnsafePointer<Float>
    /// Number of blocks of output channels.
    public var outputBlocks: Int
    /// Whether only the first half of the last block is computed. See ``KernelTable/halvesBlocks``.
    public var lastBlockIsHalf = false
    /// Activation of each sum.
    public var activation: Activation

    /// Plane of the first output block.
    public var output: UnsafeMutablePointer<Float>
    /// Floats from a block of output channels to the next.
    public var outputBlockStride: Int
    /// Offset of each output pixel in the plane of its block, `[rows * rowPixels]`.
    public var outputOffsets: UnsafePointer<Int32>

    /// Tensor of the output's shape that is added before the activation.
    public var residual: UnsafePointer<Float>?
    /// Floats from a block of the residual to the next.
    public var residualBlockStride: Int
    /// Offset of each pixel in a block of the residual.
    public var residualOffsets: UnsafePointer<Int32>?

    /// One factor per input channel (the gate of squeeze-and-excitation), multiplied into each panel of weights before
    /// its use. Needs `scratch`.
    public var gate: UnsafePointer<Float>?
    /// Scratch memory for one panel of weights.
    public var scratch: UnsafeMutablePointer<Float>?

    /// Creates a task without residual and gate.
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
