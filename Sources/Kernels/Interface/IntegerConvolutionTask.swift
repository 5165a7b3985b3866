/// Quantized convolution as a matrix product: one row per output pixel, one column per output channel.
///
/// The receptive field of an output pixel consists of `segments` segments of contiguous bytes. A table holds their
/// offsets, so that the same loops run convolutions with any kernel size, the first convolution over an interleaved
/// image, and dense layers. The loops read ``IntegerKernelTable/group`` bytes of a segment at a time; if its length is not
/// a multiple of that, its last weights are zeros.
///
/// Strides and offsets count bytes. Pointers are not owned.
public struct IntegerConvolutionTask: BitwiseCopyable {
    /// Receptive field of the first output pixel.
    public var input: UnsafePointer<UInt8>
    /// Distance between the receptive fields of neighbouring output pixels.
    public var inputPixelStride: Int
    /// Distance between the receptive fields of neighbouring rows.
    public var inputRowStride: Int
    /// Number of rows of pixels. A 1×1 convolution without a border takes its plane as one row.
    public var rows: Int
    /// Output pixels of a row.
    public var rowPixels: Int

    /// Number of segments of the reduction.
    public var segments: Int
    /// Number of full segments. They precede the others.
    public var fullSegments: Int
    /// Length of the full segments, in groups.
    public var segmentGroups: Int
    /// Length of the other segments, in groups.
    public var lastSegmentGroups: Int
    /// Offset of each segment from the start of the receptive field.
    public var segmentOffsets: UnsafePointer<Int32>

    /// Panels of `[groups][panel width][group]`, the last one narrower if the output is; int8, or int16 where the loops
    /// widen.
    public var weights: UnsafeRawPointer
    /// Requantization parameters, one for each output block.
    public var channels: UnsafePointer<ChannelParameters>
    /// Form of rounding from sums to uint8.
    public var rounding: RoundingMode
    /// Lower bound of the activation.
    public var low: UInt8
    /// Upper bound of the activation.
    public var high: UInt8
    /// Number of blocks of output channels.
    public var outputBlocks: Int

    /// Plane of the first output block.
    public var output: UnsafeMutablePointer<UInt8>
    /// Bytes from a block of output channels to the next.
    public var outputBlockStride: Int
    /// Offset of each output pixel in the plane of its block, `[rows * rowPixels]`.
    public var outputOffsets: UnsafePointer<Int32>

    /// −w₀, if the weights have a zero point w₀. Only for segments of 16 bytes that lie 16 bytes apart.
    public var weightZeroPoint: Int32
    /// Mask of the receptive field, `[segments][16]`: 1 for inputs, 0 for the padding of a group; `nil` if the weights have
    /// no zero point.
    public var ones: UnsafePointer<Int8>?

    /// Scratch memory for widened inputs or sums of inputs.
    public var scratch: UnsafeMutableRawPointer
    /// Size of ``scratch`` in bytes.
    public var scratchBytes: Int

    public init(
        input: UnsafePointer<UInt8>, inputPixelStride: Int, inputRowStride: Int, rows: Int, rowPixels: Int,
        segments: Int, fullSegments: Int, segmentGroups: Int, lastSegmentGroups: Int,
        segmentOffsets: UnsafePointer<Int32>, weights: UnsafeRawPointer,
        channels: UnsafePointer<ChannelParameters>, rounding: RoundingMode, low: UInt8, high: UInt8, outputBlocks: Int,
        output: UnsafeMutablePointer<UInt8>, outputBlockStride: Int, outputOffsets: UnsafePointer<Int32>,
        weightZeroPoint: Int32, ones: UnsafePointer<Int8>?, scratch: UnsafeMutableRawPointer, scratchBytes: Int
    ) {
        self.input = input
        self.inputPixelStride = inputPixelStride
        self.inputRowStride = inputRowStride
        self.rows = rows
        self.rowPixels = rowPixels
        self.segments = segments
        self.fullSegments = fullSegments
        self.segmentGroups = segmentGroups
        self.lastSegmentGroups = lastSegmentGroups
        self.segmentOffsets = segmentOffsets
        self.weights = weights
        self.channels = channels
        self.rounding = rounding
        self.low = low
        self.high = high
        self.outputBlocks = outputBlocks
        self.output = output
        self.outputBlockStride = outputBlockStride
        self.outputOffsets = outputOffsets
        self.weightZeroPoint = weightZeroPoint
        self.ones = ones
        self.scratch = scratch
        self.scratchBytes = scratchBytes
    }
}
