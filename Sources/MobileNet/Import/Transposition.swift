import Basics

/// Tensors with their dimensions in another order.
enum Transposition {
    /// - Parameter order: for each dimension of the result, the one that it was.
    /// - Throws: ``FormatError`` if that is no order of the dimensions.
    static func apply(_ tensor: Tensor, _ order: [Int]) throws(FormatError) -> Tensor {
        let (shape, values) = try apply(tensor.values, tensor.shape, order)
        return Tensor(shape: shape, values: values)
    }

    /// - Parameter reshaped: the dimensions to take the values as, before they are put into another order.
    static func apply(
        _ tensor: QuantizedTensor, _ order: [Int], reshaped: [Int]? = nil
    ) throws(FormatError) -> QuantizedTensor {
        let source = reshaped ?? tensor.shape
        let shape: [Int]
        let values: QuantizedTensor.Values
        switch tensor.values {
        case .int8(let old):
            let (new, numbers) = try apply(old, source, order)
            (shape, values) = (new, .int8(numbers))
        case .int32(let old):
            let (new, numbers) = try apply(old, source, order)
            (shape, values) = (new, .int32(numbers))
        }
        return try QuantizedTensor(shape: shape, values: values, scales: tensor.scales, zeroPoint: tensor.zeroPoint)
    }

    /// The shape of the result, and its values.
    ///
    /// - Throws: ``FormatError`` also if there are not as many values as the shape says.
    static func apply<Value>(
        _ values: [Value], _ shape: [Int], _ order: [Int]
    ) throws(FormatError) -> (shape: [Int], values: [Value]) {
        guard order.sorted() == Array(shape.indices) else {
            throw FormatError("\(order.prefix(8)) is no order of \(shape.count) dimensions")
        }
        guard Extents.count(shape) == values.count else {
            throw FormatError("a tensor cannot be of the shape \(shape)")
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
