/// Weights as whole numbers, and what they stand for: `number = scale · (value − zeroPoint)`.
public struct QuantizedTensor: Equatable, Sendable {
    /// Whole numbers of one of the two sizes that networks have.
    public enum Values: Equatable, Sendable {
        /// Weights.
        case int8([Int8])
        /// Biases.
        case int32([Int32])

        /// How many there are.
        public var count: Int {
            switch self {
            case .int8(let values): values.count
            case .int32(let values): values.count
            }
        }
    }

    /// The extents, as those of a ``Tensor`` for the same layer.
    public let shape: [Int]
    /// Row by row.
    public let values: Values
    /// One for all, or one for each output channel.
    public let scales: [Float]
    /// The value that stands for zero: of bytes from −128 to 127, of wider numbers always zero.
    public let zeroPoint: Int32

    /// - Throws: ``FormatError`` if shape, scales and values do not fit
    ///   each other.
    init(shape: [Int], values: Values, scales: [Float], zeroPoint: Int32) throws(FormatError) {
        guard Extents.count(shape) == values.count else {
            throw FormatError("\(values.count) values for the shape \(shape)")
        }
        guard !scales.isEmpty, scales.allSatisfy({ $0.isFinite && $0 > 0 }) else {
            throw FormatError("its scales are not all numbers above zero")
        }
        guard (-128...127).contains(zeroPoint) else { throw FormatError("its zero point \(zeroPoint) is no byte") }
        self.shape = shape
        self.values = values
        self.scales = scales
        self.zeroPoint = zeroPoint
    }

    /// The scale of an output channel.
    public func scale(of channel: Int) -> Float { scales.count == 1 ? scales[0] : scales[channel] }
}
