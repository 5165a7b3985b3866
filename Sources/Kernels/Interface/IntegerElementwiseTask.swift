/// The sum or the product of two quantised tensors.
public struct IntegerElementwiseTask: BitwiseCopyable {
    /// What is done with the two operands.
    public enum Operation: UInt8, BitwiseCopyable, Sendable {
        /// Each operand's distance from its zero point, times 2²⁰, brought to a common scale; their sum, brought to
        /// the output's: the reference kernel's `Add`.
        case add
        /// The product of the distances from the zero points, brought to the output's scale.
        case multiply
    }

    /// What is done.
    public var operation: Operation
    /// The first operand.
    public var first: BytePlane
    /// The second operand.
    public var second: BytePlane
    /// From a pixel of the second operand to its neighbour: 16, or 0 if it is a vector, one byte for each channel.
    public var secondPixelStride: Int
    /// Where the results go.
    public var output: MutableBytePlane
    /// Blocks of channels.
    public var blocks: Int
    /// Rows.
    public var height: Int
    /// Pixels in a row.
    public var width: Int
    /// How each operand of a sum is brought to the common scale, and the result to the output's; of a product,
    /// only the last. All channels alike. Bias: minus the operand's zero point.
    public var parameters: UnsafePointer<ChannelParameters>
    /// No byte below.
    public var low: UInt8
    /// No byte above.
    public var high: UInt8

    public init(
        operation: Operation, first: BytePlane, second: BytePlane, secondPixelStride: Int,
        output: MutableBytePlane, blocks: Int, height: Int, width: Int,
        parameters: UnsafePointer<ChannelParameters>, low: UInt8, high: UInt8
    ) {
        self.operation = operation
        self.first = first
        self.second = second
        self.secondPixelStride = secondPixelStride
        self.output = output
        self.blocks = blocks
        self.height = height
        self.width = width
        self.parameters = parameters
        self.low = low
        self.high = high
    }
}
