/// Activation function, applied to a tile while it is in registers.
public enum Activation: UInt8, BitwiseCopyable, CaseIterable, Sendable {
    /// Identity.
    case linear
    /// `max(x, 0)`.
    case relu
    /// `min(max(x, 0), 6)`: MobileNetV2 (Sandler et al., 2018), EfficientNet-Lite.
    case relu6
    /// `x · relu6(x + 3) / 6`: MobileNetV3 (Howard et al., 2019), section 5.2.
    case hardSwish
    /// `relu6(x + 3) / 6`: the gate of MobileNetV3's squeeze-and-excitation.
    case hardSigmoid
    /// `1 / (1 + exp(−x))`.
    case sigmoid
}

/// Elementwise operation on tensors that could not be fused into another layer.
public struct ElementwiseTask: BitwiseCopyable {
    /// Operation on the two operands.
    public enum Operation: UInt8, BitwiseCopyable, Sendable {
        /// First operand. The second is not read.
        case copy
        /// Sum of both operands.
        case add
        /// Product of both operands.
        case multiply
        /// Sum of the first operand and one value per channel, `second.base` as `[blocks][lanes]`.
        case addChannels
        /// Product of the first operand and one value per channel, `second.base` as `[blocks][lanes]`.
        case scaleChannels
    }

    /// Operation.
    public var operation: Operation
    /// First operand.
    public var first: Plane
    /// Second operand; not read by `copy`.
    public var second: Plane
    /// Output.
    public var output: MutablePlane
    /// Number of blocks of channels.
    public var blocks: Int
    /// Rows.
    public var height: Int
    /// Pixels of a row.
    public var width: Int
    /// Activation of each result.
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
