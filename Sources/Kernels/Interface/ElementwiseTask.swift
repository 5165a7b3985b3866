/// Arithmetic on whole tensors that no other layer could take along.
public struct ElementwiseTask: BitwiseCopyable {
    /// What is done with the two operands.
    public enum Operation: UInt8, BitwiseCopyable, Sendable {
        /// The first operand alone; the second is not read.
        case copy
        /// Their sum.
        case add
        /// The first times the second.
        case multiply
        /// The first and one summand per channel, which `second.base` holds as `[blocks][lanes]`.
        case addChannels
        /// The first times one factor per channel, which `second.base` holds as `[blocks][lanes]`.
        case scaleChannels
    }

    /// What is done.
    public var operation: Operation
    /// The first operand.
    public var first: Plane
    /// The second operand; of a copy, nothing is read.
    public var second: Plane
    /// Where the results go.
    public var output: MutablePlane
    /// Blocks of channels.
    public var blocks: Int
    /// Rows.
    public var height: Int
    /// Pixels in a row.
    public var width: Int
    /// The function applied to the result.
    public var activation: Activation

    public init(
        operation: Operation, first: Plane, second: Plane, output: MutablePlane,
        blocks: Int, height: Int, width: Int, activation: Activation
    ) {
        self.operation = operation
        self.first = first
        self.second = second
        self.output = output
        self.blocks = blocks
        self.height = height
        self.width = width
        self.activation = activation
    }
}
