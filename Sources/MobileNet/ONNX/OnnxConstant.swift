/// Constant of a network: weights, shapes, and the results of operations on constants.
struct OnnxConstant {
    enum Values {
        case floats([Float])
        case integers([Int])
        /// Integers of at most 16 bits: the weights of a quantized model are many, and this saves memory.
        case small([Int16])
    }

    /// Quantized values from which float32 values were dequantized.
    struct Source {
        var integers: Values
        var isSigned: Bool
        /// One value for all channels, or one for each output channel.
        var scales: [Float]
        var zeroPoint: Int
    }

    var shape: [Int]
    var values: Values
    /// Whether 8-bit values are int8 and not uint8.
    var isSigned = true
    /// Quantized values; `nil` unless the constant was dequantized.
    var source: Source?

    var count: Int { values.count }

    /// Bytes of memory that the values take.
    var byteCount: Int { values.byteCount }

    /// Values converted to float32.
    var floats: [Float] {
        switch values {
        case .floats(let values): values
        case .integers(let values): values.map { Float($0) }
        case .small(let values): values.map { Float($0) }
        }
    }

    /// Values converted to integers, rounding toward zero; `nil` if a value is too large.
    var integers: [Int]? {
        switch values {
        case .integers(let values): return values
        case .small(let values): return values.map { Int($0) }
        case .floats(let values):
            guard values.allSatisfy({ abs($0) < 1e18 }) else { return nil }
            return values.map { Int($0) }
        }
    }

    /// Values of an integer constant; `nil` of float32.
    var exactIntegers: [Int]? { if case .floats = values { nil } else { integers } }

    var tensor: Tensor { Tensor(shape: shape, values: floats) }

    init(shape: [Int], values: Values, isSigned: Bool = true) {
        self.shape = shape
        self.values = values
        self.isSigned = isSigned
    }

    /// Creates a list of integers, shape `[count]`.
    init(_ integers: [Int]) { self.init(shape: [integers.count], values: .integers(integers)) }

    /// Returns the values with another shape. The shape must have the same number of elements.
    func reshaped(_ shape: [Int]) -> OnnxConstant {
        var result = self
        result.shape = shape
        return result
    }

    /// Returns the constant with its dimensions in another order.
    ///
    /// - Parameter order: index of the source dimension for each dimension of the result.
    func transposed(_ order: [Int]) throws(FormatError) -> OnnxConstant {
        var result = self
        (result.shape, result.values) = try values.transposed(shape, order)
        if let source { result.source?.integers = try source.integers.transposed(shape, order).values }
        return result
    }

    /// Returns the elements at the given indices, in a new shape.
    func gathered(_ indices: [Int], shape: [Int]) -> OnnxConstant {
        var result = self
        result.shape = shape
        result.values = values.gathered(indices)
        if let source { result.source?.integers = source.integers.gathered(indices) }
        return result
    }
}

extension OnnxConstant.Values {
    var count: Int {
        switch self {
        case .floats(let values): values.count
        case .integers(let values): values.count
        case .small(let values): values.count
        }
    }

    /// Bytes of memory that the values take.
    var byteCount: Int {
        switch self {
        case .floats(let values): values.count * MemoryLayout<Float>.size
        case .integers(let values): values.count * MemoryLayout<Int>.size
        case .small(let values): values.count * MemoryLayout<Int16>.size
        }
    }

    /// Element as an integer; 0 of float32.
    subscript(integer index: Int) -> Int {
        switch self {
        case .floats: 0
        case .integers(let values): values[index]
        case .small(let values): Int(values[index])
        }
    }

    fileprivate func gathered(_ indices: [Int]) -> Self {
        switch self {
        case .floats(let values): .floats(indices.map { values[$0] })
        case .integers(let values): .integers(indices.map { values[$0] })
        case .small(let values): .small(indices.map { values[$0] })
        }
    }

    fileprivate func transposed(_ shape: [Int], _ order: [Int]) throws(FormatError) -> (shape: [Int], values: Self) {
        switch self {
        case .floats(let values):
            let (shape, values) = try Transposition.apply(values, shape, order)
            return (shape, .floats(values))
        case .integers(let values):
            let (shape, values) = try Transposition.apply(values, shape, order)
            return (shape, .integers(values))
        case .small(let values):
            let (shape, values) = try Transposition.apply(values, shape, order)
            return (shape, .small(values))
        }
    }
}
