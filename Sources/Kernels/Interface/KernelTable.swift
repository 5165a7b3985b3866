/// Kernels of one instruction set for float models, and the layout that they expect.
///
/// The functions may run on any thread. They allocate no memory and keep no state. Tasks that write to
/// different memory may run at the same time.
public struct KernelTable: Sendable {
    /// Floats in a vector, and channels in a block.
    public let lanes: Int
    /// Vectors in a full panel of convolution weights.
    public let convolutionPanel: Int
    /// Pixels of the tallest tile of a convolution.
    public let convolutionTile: Int
    /// Whether a convolution computes half of its last block of output channels if the other half is unused. Then the last
    /// panel of weights is narrower by half a vector.
    public let halvesBlocks: Bool
    /// Vectors in a full panel of dense weights.
    public let densePanel: Int

    /// See ``ConvolutionTask``.
    public let convolution: @Sendable (UnsafePointer<ConvolutionTask>) -> Void
    /// See ``DepthwiseTask``.
    public let depthwise: @Sendable (UnsafePointer<DepthwiseTask>) -> Void
    /// See ``DenseTask``.
    public let dense: @Sendable (UnsafePointer<DenseTask>) -> Void
    /// See ``MeanTask``.
    public let mean: @Sendable (UnsafePointer<MeanTask>) -> Void
    /// See ``PoolTask``.
    public let pool: @Sendable (UnsafePointer<PoolTask>) -> Void
    /// See ``ElementwiseTask``.
    public let elementwise: @Sendable (UnsafePointer<ElementwiseTask>) -> Void
    /// See ``ImageTask``.
    public let image: @Sendable (UnsafePointer<ImageTask>) -> Void
    /// Runs a number of multiply-adds on each accumulator of a tile, without reading memory, and returns the number of
    /// multiply-adds of single elements: a benchmark of the CPU. The memory holds ``peakMemory`` floats.
    public let peak: @Sendable (_ steps: Int, _ memory: UnsafeMutablePointer<Float>) -> Int

    /// Floats that ``peak`` reads and writes: more than any tile has.
    public static let peakMemory = 1024

    public init(
        lanes: Int, convolutionPanel: Int, convolutionTile: Int, halvesBlocks: Bool, densePanel: Int,
        convolution: @escaping @Sendable (UnsafePointer<ConvolutionTask>) -> Void,
        depthwise: @escaping @Sendable (UnsafePointer<DepthwiseTask>) -> Void,
        dense: @escaping @Sendable (UnsafePointer<DenseTask>) -> Void,
        mean: @escaping @Sendable (UnsafePointer<MeanTask>) -> Void,
        pool: @escaping @Sendable (UnsafePointer<PoolTask>) -> Void,
        elementwise: @escaping @Sendable (UnsafePointer<ElementwiseTask>) -> Void,
        image: @escaping @Sendable (UnsafePointer<ImageTask>) -> Void,
        peak: @escaping @Sendable (_ steps: Int, _ memory: UnsafeMutablePointer<Float>) -> Int
    ) {
        self.lanes = lanes
        self.convolutionPanel = convolutionPanel
        self.convolutionTile = convolutionTile
        self.halvesBlocks = halvesBlocks
        self.densePanel = densePanel
        self.convolution = convolution
        self.depthwise = depthwise
        self.dense = dense
        self.mean = mean
        self.pool = pool
        self.elementwise = elementwise
        self.image = image
        self.peak = peak
    }
}
