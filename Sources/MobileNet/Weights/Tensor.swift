/// Float32 tensor in row-major order (the last index is the fastest), as in PyTorch and safetensors.
public struct Tensor: Equatable, Sendable {
    /// Extents; empty for a scalar.
    public let shape: [Int]
    /// Elements in row-major order.
    public let values: [Float]

    /// Creates a tensor.
    ///
    /// - Precondition: the number of values is the product of the extents.
    public init(shape: [Int], values: [Float]) {
        precondition(Extents.count(shape) == values.count, "\(values.count) values for the shape \(shape)")
        self.shape = shape
        self.values = values
    }

    /// Whether no element is infinite or NaN.
    var isFinite: Bool {
        // `x · 0` is zero unless x is infinite or NaN. So one comparison tests the sum of all products.
        values.withUnsafeBufferPointer { values in values.reduce(0 as Float) { $0 + $1 * 0 } } == 0
    }
}

/// Arithmetic on extents and axes from a file, without overflow.
enum Extents {
    /// Returns the product of the extents, the number of elements; `nil` if an extent is negative or the product
    /// overflows. If an extent is zero, the product is zero, whatever the others are.
    static func count(_ shape: some Collection<Int>) -> Int? {
        guard shape.allSatisfy({ $0 >= 0 }) else { return nil }
        if shape.contains(0) { return 0 }
        var count = 1
        for extent in shape {
            let (product, overflows) = count.multipliedReportingOverflow(by: extent)
            if overflows { return nil }
            count = product
        }
        return count
    }

    /// Returns the index of an axis, where negative axes count from the end; `nil` if it is out of range.
    static func place(_ axis: Int, among count: Int) -> Int? {
        let index = axis < 0 ? axis + count : axis
        return (0..<count).contains(index) ? index : nil
    }
}

/// Quantized weights: `real = scale · (value − zeroPoint)`.
public struct QuantizedTensor: Equatable, Sendable {
    /// Elements of one of the two types of quantized models.
    public enum Values: Equatable, Sendable {
        /// Elements of weights.
        case int8([Int8])
        /// Elements of biases.
        case int32([Int32])

        /// Number of elements.
        public var count: Int {
            switch self {
            case .int8(let values): values.count
            case .int32(let values): values.count
            }
        }
    }

    /// Extents, as those of a ``Tensor`` for the same layer.
    public let shape: [Int]
    /// Elements in row-major order.
    public let values: Values
    /// One scale for all elements, or one for each output channel.
    public let scales: [Float]
    /// Zero point: from −128 to 127 for int8, zero for int32.
    public let zeroPoint: Int32

    /// Creates a quantized tensor.
    ///
    /// - Throws: ``FormatError`` if shape, scales and values do not fit each other.
    init(shape: [Int], values: Values, scales: [Float], zeroPoint: Int32) throws(FormatError) {
        guard Extents.count(shape) == values.count else {
            throw FormatError("\(values.count) values for the shape \(shape)")
        }
        guard !scales.isEmpty, scales.allSatisfy({ $0.isFinite && $0 > 0 }) else {
            throw FormatError("not all of its scales are above zero")
        }
        guard (-128...127).contains(zeroPoint) else {
            throw FormatError("its zero point \(zeroPoint) is out of the range of int8")
        }
        self.shape = shape
        self.values = values
        self.scales = scales
        self.zeroPoint = zeroPoint
    }

    /// Returns the scale of an output channel.
    public func scale(of channel: Int) -> Float { scales.count == 1 ? scales[0] : scales[channel] }
}
