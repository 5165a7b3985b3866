import Basics

/// Transposition of tensors.
enum Transposition {
    /// Transposes a tensor.
    ///
    /// - Parameter order: index of the source dimension for each dimension of the result.
    /// - Throws: ``FormatError`` if `order` is not a permutation of the dimensions.
    static func apply(_ tensor: Tensor, _ order: [Int]) throws(FormatError) -> Tensor {
        let (shape, values) = try apply(tensor.values, tensor.shape, order)
        return Tensor(shape: shape, values: values)
    }

    /// Transposes a quantized tensor.
    ///
    /// - Parameters:
    ///   - order: index of the source dimension for each dimension of the result.
    ///   - reshaped: shape of the tensor before the transposition; `nil` for its own.
    /// - Throws: ``FormatError`` if `order` is not a permutation of the dimensions.
    static func apply(
        _ tensor: QuantizedTensor, _ order: [Int], reshaped: [Int]? = nil
    ) throws(FormatError) -> QuantizedTensor {
        let source = reshaped ?? tensor.shape
        let shape: [Int]
        let values: QuantizedTensor.Values
        switch tensor.values {
        case .int8(let old):
            let (new, transposed) = try apply(old, source, order)
            (shape, values) = (new, .int8(transposed))
        case .int32(let old):
            let (new, transposed) = try apply(old, source, order)
            (shape, values) = (new, .int32(transposed))
        }
        return try QuantizedTensor(shape: shape, values: values, scales: tensor.scales, zeroPoint: tensor.zeroPoint)
    }

    /// Returns the shape and the values of the transposed tensor.
    ///
    /// - Throws: ``FormatError`` if `order` is not a permutation of the dimensions, or the number of values does not
    ///   fit the shape.
    static func apply<Value>(
        _ values: [Value], _ shape: [Int], _ order: [Int]
    ) throws(FormatError) -> (shape: [Int], values: [Value]) {
        guard order.sorted() == Array(shape.indices) else {
            throw FormatError("\(order.prefix(8)) is not a permutation of \(shape.count) dimensions")
        }
        guard Extents.count(shape) == values.count else {
            throw FormatError("\(values.count) values do not fit the shape \(shape)")
        }
        let result = order.map { shape[$0] }
        if values.isEmpty { return (result, []) }
        try Memory.check(values.count * MemoryLayout<Value>.stride)
        var strides = [Int](repeating: 1, count: shape.count)
        for index in shape.indices.dropLast().reversed() { strides[index] = strides[index + 1] * shape[index + 1] }
        var walk = StridedWalk(shape: result, strides: order.map { strides[$0] }, start: 0)
        return (result, values.map { _ in values[walk.next()] })
    }
}
