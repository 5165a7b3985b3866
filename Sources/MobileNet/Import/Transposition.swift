/// Tensors with their dimensions in another order.
enum Transposition {
    /// - Parameter order: for each dimension of the result, the one that it was.
    /// - Throws: ``FormatError`` if that is no order of the dimensions.
    static func apply(_ tensor: Tensor, _ order: [Int]) throws(FormatError) -> Tensor {
        let (shape, places) = try places(tensor.shape, order)
        return Tensor(shape: shape, values: places.map { tensor.values[$0] })
    }

    /// - Parameter reshaped: the dimensions to take the values as, before they are put into another order.
    static func apply(
        _ tensor: QuantizedTensor, _ order: [Int], reshaped: [Int]? = nil
    ) throws(FormatError) -> QuantizedTensor {
        let (shape, places) = try places(reshaped ?? tensor.shape, order)
        guard places.count == tensor.values.count else { throw FormatError("a tensor cannot be of the shape \(shape)") }
        let values: QuantizedTensor.Values =
            switch tensor.values {
            case .int8(let values): .int8(places.map { values[$0] })
            case .int32(let values): .int32(places.map { values[$0] })
            }
        return try QuantizedTensor(shape: shape, values: values, scales: tensor.scales, zeroPoint: tensor.zeroPoint)
    }

    /// The shape of the result, and for each of its values the place where it was.
    static func places(_ shape: [Int], _ order: [Int]) throws(FormatError) -> (shape: [Int], places: [Int]) {
        guard order.sorted() == Array(shape.indices) else { throw FormatError("\(order) is no order of \(shape.count) dimensions") }
        // Of a tensor without numbers, the other extents may be of any size.
        if shape.contains(0) { return (order.map { shape[$0] }, []) }
        var strides = [Int](repeating: 1, count: shape.count)
        for index in shape.indices.dropLast().reversed() { strides[index] = strides[index + 1] * shape[index + 1] }
        var places = [0]
        for dimension in order {
            var next: [Int] = []
            next.reserveCapacity(places.count * shape[dimension])
            for place in places {
                for step in 0..<shape[dimension] { next.append(place + step * strides[dimension]) }
            }
            places = next
        }
        return (order.map { shape[$0] }, places)
    }
}
