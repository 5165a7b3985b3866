/// Kernels of one instruction set for quantized models, and the layout that they expect.
///
/// The functions may run on any thread. They allocate no memory and keep no state. Tasks that write to
/// different memory may run at the same time. All kernels compute exactly: every instruction set gives
/// the same results.
public struct IntegerKernelTable: Sendable {
    /// Channels in a vector of sums: 4, 8 or 16.
    public let lanes: Int
    /// Blocks in a full panel of convolution weights.
    public let panel: Int
    /// Number of neighbouring outputs of a depthwise convolution that share inputs.
    public let depthwisePhases: Int
    /// Number of products that one instruction adds to a sum.
    public let group: Int
    /// Bytes of a weight: 1, or 2 where the loops widen to 16 bits.
    public let weightBytes: Int
    /// Pixels of the tallest tile.
    public let tileRows: Int

    /// See ``IntegerConvolutionTask``.
    public let convolution: @Sendable (UnsafePointer<IntegerConvolutionTask>) -> Void
    /// See ``IntegerDepthwiseTask``.
    public let depthwise: @Sendable (UnsafePointer<IntegerDepthwiseTask>) -> Void
    /// See ``IntegerElementwiseTask``.
    public let elementwise: @Sendable (UnsafePointer<IntegerElementwiseTask>) -> Void
    /// See ``LookupTask``.
    public let lookup: @Sendable (UnsafePointer<LookupTask>) -> Void
    /// See ``IntegerSumTask``.
    public let sum: @Sendable (UnsafePointer<IntegerSumTask>) -> Void
    /// Adds a number of groups to each sum of a tile, from a few values, and returns the number of multiply-adds of
    /// single elements: a benchmark of the CPU. The memory holds ``peakMemory`` bytes of zeros.
    public let peak: @Sendable (_ steps: Int, _ memory: UnsafeMutableRawPointer) -> Int

    /// Bytes that ``peak`` reads and writes: more than the channel parameters of any tile have, twice.
    public static let peakMemory = 8192

    /// Pixels of the smallest tile: as many as fill a vector of uint8. Loops read that many even if fewer are left.
    public var smallestTile: Int { lanes / 4 }

    /// Whether weights have 16 bits. If so, their zero point is subtracted beforehand.
    public var widens: Bool { weightBytes == 2 }

    public init(
        lanes: Int, panel: Int, depthwisePhases: Int, group: Int, weightBytes: Int, tileRows: Int,
        convolution: @escaping @Sendable (UnsafePointer<IntegerConvolutionTask>) -> Void,
        depthwise: @escaping @Sendable (UnsafePointer<IntegerDepthwiseTask>) -> Void,
        elementwise: @escaping @Sendable (UnsafePointer<IntegerElementwiseTask>) -> Void,
        lookup: @escaping @Sendable (UnsafePointer<LookupTask>) -> Void,
        sum: @escaping @Sendable (UnsafePointer<IntegerSumTask>) -> Void,
        peak: @escaping @Sendable (_ steps: Int, _ memory: UnsafeMutableRawPointer) -> Int
    ) {
        self.lanes = lanes
        self.panel = panel
        self.depthwisePhases = depthwisePhases
        self.group = group
        self.weightBytes = weightBytes
        self.tileRows = tileRows
        self.convolution = convolution
        self.depthwise = depthwise
        self.elementwise = elementwise
        self.lookup = lookup
        self.sum = sum
        self.peak = peak
    }
}
