/// A quantised convolution as a matrix product: one row per output pixel, one column per output channel.
///
/// The window of an output pixel is made of `segments` stretches of contiguous bytes; where each begins is
/// in a table, so the same loops run 1×1 convolutions, those of any other window, the first one over an
/// interleaved image, and dense layers. Within a stretch, the loops take ``IntegerKernelTable/group`` bytes
/// at a time; where the stretch is no multiple of that, its last weights are zeros.
///
/// Strides and offsets count bytes. Pointers are not owned.
public struct IntegerConvolutionTask: BitwiseCopyable {
    /// The window of the first pixel.
    public var input: UnsafePointer<UInt8>
    /// From an output pixel's window to its right neighbour's.
    public var inputPixelStride: Int
    /// From the window of the first pixel of a row to that of the next row.
    public var inputRowStride: Int
    /// How many rows of pixels there are. A 1×1 convolution without a border takes its whole plane as one row.
    public var rows: Int
    /// How many output pixels a row has.
    public var rowPixels: Int

    /// How many stretches the reduction has.
    public var segments: Int
    /// How many of them, the first ones, have `segmentGroups` groups.
    public var fullSegments: Int
    /// The length of the full stretches, in groups.
    public var segmentGroups: Int
    /// The length of the others, in groups.
    public var lastSegmentGroups: Int
    /// Where each stretch begins, from the start of the window.
    public var segmentOffsets: UnsafePointer<Int32>

    /// Panels of `[groups][panel width][group]`, the last one narrower if the output needs it narrower; bytes,
    /// or where the loops widen, 16-bit numbers.
    public var weights: UnsafeRawPointer
    /// For each output block.
    public var channels: UnsafePointer<ChannelParameters>
    /// How sums become bytes.
    public var rounding: RoundingMode
    /// The activation: no byte below.
    public var low: UInt8
    /// The activation: no byte above.
    public var high: UInt8
    /// How many blocks of output channels there are.
    public var outputBlocks: Int

    /// The plane of the first output block.
    public var output: UnsafeMutablePointer<UInt8>
    /// Bytes from a block of output channels to the next.
    public var outputBlockStride: Int
    /// Where each output pixel lies in the plane of its block: `rows * rowPixels` entries.
    public var outputOffsets: UnsafePointer<Int32>

    /// If the weights still have a zero point w₀: −w₀, and for each byte of the window 1 if it is read in earnest,
    /// 0 if it only fills a group up: `[segments][16]`. Only for stretches of 16 bytes that lie 16 apart.
    public var weightZeroPoint: Int32
    /// See ``weightZeroPoint``; `nil` if there is none.
    public var ones: UnsafePointer<Int8>?

    /// Room for loops that widen or sum what they read, and how many bytes of it there are.
    public var scratch: UnsafeMutableRawPointer
    /// See ``scratch``.
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
