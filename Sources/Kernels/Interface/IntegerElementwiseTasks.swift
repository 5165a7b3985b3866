/// Sum or product of two quantized tensors.
public struct IntegerElementwiseTask: BitwiseCopyable {
    /// Operation on the two operands.
    public enum Operation: UInt8, BitwiseCopyable, Sendable {
        /// The operands minus their zero points, times 2²⁰, are rescaled to a common scale; the sum is rescaled to the
        /// output's: TensorFlow Lite's `Add`.
        case add
        /// The product of the operands minus their zero points is rescaled to the output's scale.
        case multiply
        /// The operands times their multipliers, plus the bias of the result, in 32 bits. The result is rounded by
        /// ``RoundingMode/scaled``.
        case weightedSum
        /// The product of the operands minus their zero points, rounded by ``RoundingMode/scaled``.
        case scaledProduct
    }

    /// Operation.
    public var operation: Operation
    /// First operand.
    public var first: BytePlane
    /// Second operand.
    public var second: BytePlane
    /// Bytes between neighbouring pixels of the second operand: 16, or 0 if it is a vector with one value per channel.
    public var secondPixelStride: Int
    /// Output.
    public var output: MutableBytePlane
    /// Number of blocks of channels.
    public var blocks: Int
    /// Rows.
    public var height: Int
    /// Pixels of a row.
    public var width: Int
    /// Requantization parameters `[3]` of the first operand, the second operand and the result. All channels are alike.
    /// The bias of an operand is minus its zero point; a weighted sum has one bias, that of the result. A product rescales
    /// the result only.
    public var parameters: UnsafePointer<ChannelParameters>
    /// Lower bound of the activation.
    public var low: UInt8
    /// Upper bound of the activation.
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

/// Elementwise function of a quantized tensor, by a lookup table.
public struct LookupTask: BitwiseCopyable {
    /// Input.
    public var input: BytePlane
    /// Output.
    public var output: MutableBytePlane
    /// Number of blocks of channels.
    public var blocks: Int
    /// Rows.
    public var height: Int
    /// Pixels of a row.
    public var width: Int
    /// Lookup table, `[256]`.
    public var table: UnsafePointer<UInt8>

    public init(
        input: BytePlane, output: MutableBytePlane, blocks: Int, height: Int, width: Int, table: UnsafePointer<UInt8>
    ) {
        self.input = input
        self.output = output
        self.blocks = blocks
        self.height = height
        self.width = width
        self.table = table
    }
}

/// Sum of each channel over its plane, for global average pooling.
public struct IntegerSumTask: BitwiseCopyable {
    /// Input.
    public var input: BytePlane
    /// Number of blocks of channels.
    public var blocks: Int
    /// Rows.
    public var height: Int
    /// Pixels of a row.
    public var width: Int
    /// Sums, `[blocks][16]`.
    public var output: UnsafeMutablePointer<Int32>

    public init(input: BytePlane, blocks: Int, height: Int, width: Int, output: UnsafeMutablePointer<Int32>) {
        self.input = input
        self.blocks = blocks
        self.height = height
        self.width = width
        self.output = output
    }
}
