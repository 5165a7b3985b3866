/// The inner loops for quantised networks of one instruction set, and what they expect of memory.
///
/// The functions may run on any thread, allocate nothing and keep nothing; tasks that write to
/// different memory may run at the same time. All of them compute exactly, so that every instruction set
/// gives the same bytes.
public struct IntegerKernelTable: Sendable {
    /// Channels in a vector of sums: 16, or a part of a block.
    public let lanes: Int
    /// Blocks in a full panel of convolution weights.
    public let panel: Int
    /// How many neighbouring outputs of a depthwise convolution share what they read.
    public let depthwisePhases: Int
    /// How many products go into each sum at a time.
    public let group: Int
    /// Bytes of a weight: 1, or 2 where the loops widen what they multiply.
    public let weightBytes: Int
    /// How many pixels the tallest tile has.
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

    /// How many pixels of a block the smallest tile has: as many as fill a vector when they are bytes. Loops read that
    /// many where fewer are left.
    public var smallestTile: Int { lanes / 4 }

    /// Whether weights have 16 bits. If so, their zero point is taken off beforehand.
    public var widens: Bool { weightBytes == 2 }

    public init(
        lanes: Int, panel: Int, depthwisePhases: Int, group: Int, weightBytes: Int, tileRows: Int,
        convolution: @escaping @Sendable (UnsafePointer<IntegerConvolutionTask>) -> Void,
        depthwise: @escaping @Sendable (UnsafePointer<IntegerDepthwiseTask>) -> Void,
        elementwise: @escaping @Sendable (UnsafePointer<IntegerElementwiseTask>) -> Void,
        lookup: @escaping @Sendable (UnsafePointer<LookupTask>) -> Void,
        sum: @escaping @Sendable (UnsafePointer<IntegerSumTask>) -> Void
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
    }
}
