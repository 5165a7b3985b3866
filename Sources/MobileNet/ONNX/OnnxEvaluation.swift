/// Constant folding: operations whose inputs are all constants, such as computed shapes and transposed weights.
enum OnnxEvaluation {
    /// Upper limit of the elements of a shape, or of a constant that is made of one.
    private static let mostElements = 1 << 22

    /// Computes an operation on constants.
    ///
    /// - Parameters:
    ///   - node: operation.
    ///   - inputs: values of the inputs; `nil` for an optional input that is missing.
    ///   - version: version of the operator set.
    ///   - bytes: contents of the file.
    /// - Returns: the output; `nil` if the operation is not supported on these constants.
    /// - Throws: ``FormatError`` if the inputs do not fit the operation.
    static func evaluate(
        _ node: OnnxFile.Node, _ inputs: [OnnxConstant?], version: Int, bytes: [UInt8]
    ) throws(FormatError) -> OnnxConstant? {
        if node.operation == "Constant" { return try constant(node, bytes) }
        guard let first = inputs.first ?? nil else { return nil }
        switch node.operation {
        case "Identity", "Dropout": return first
        case "Cast": return cast(first, to: node.attributes["to"]?.integer ?? 1)
        case "Reshape": return try reshape(first, inputs, node)
        case "Flatten", "Squeeze", "Unsqueeze": return try changeDimensions(first, inputs, node)
        case "Transpose":
            return try first.transposed(list(inputs, 1, node, "perm") ?? Array(first.shape.indices.reversed()))
        case "Gather": return try gather(first, inputs, node)
        case "Slice": return try slice(first, inputs, node)
        case "Concat": return try concatenation(inputs, node)
        case "ConstantOfShape": return try filled(first, node, bytes)
        case "Shape": return OnnxConstant(first.shape)
        case "Add", "Sub", "Mul", "Div":
            guard inputs.count == 2, let second = inputs[1] else { return nil }
            return try arithmetic(node.operation, first, second)
        case "Sqrt": return OnnxConstant(shape: first.shape, values: .floats(first.floats.map { $0.squareRoot() }))
        case "Neg": return try arithmetic("Mul", first, OnnxConstant(shape: [], values: .integers([-1])))
        case "Floor": return OnnxConstant(shape: first.shape, values: .floats(first.floats.map { $0.rounded(.down) }))
        case "Ceil": return OnnxConstant(shape: first.shape, values: .floats(first.floats.map { $0.rounded(.up) }))
        case "Clip": return clipped(first, inputs, node)
        case "ReduceProd":
            let product = first.integers?.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
            return product.map { OnnxConstant($0 == 0 ? [0] : [$0]) }
        default: return nil
        }
    }

    private static func constant(_ node: OnnxFile.Node, _ bytes: [UInt8]) throws(FormatError) -> OnnxConstant? {
        if let tensor = node.attributes["value"]?.tensor { return try tensor.constant(in: bytes) }
        if let value = node.attributes["value_float"] { return OnnxConstant(shape: [], values: .floats([value.float])) }
        if let value = node.attributes["value_int"] {
            return OnnxConstant(shape: [], values: .integers([value.integer]))
        }
        if let value = node.attributes["value_floats"] {
            return OnnxConstant(shape: [value.floats.count], values: .floats(value.floats))
        }
        return node.attributes["value_ints"].map { OnnxConstant($0.integers) }
    }

    /// Computes `Clip`, as padding that depends on the size of the input is traced with it.
    private static func clipped(
        _ constant: OnnxConstant, _ inputs: [OnnxConstant?], _ node: OnnxFile.Node
    ) -> OnnxConstant? {
        func bound(_ place: Int, _ attribute: String, _ usual: Float) -> Float? {
            guard inputs.indices.contains(place), let input = inputs[place] else {
                return node.attributes[attribute]?.float ?? usual
            }
            return input.count == 1 ? input.floats[0] : nil
        }
        guard let lower = bound(1, "min", -.infinity), let upper = bound(2, "max", .infinity) else { return nil }
        if let integers = constant.exactIntegers {
            let (low, high) = (Int(exactly: lower.rounded(.up)) ?? .min, Int(exactly: upper.rounded(.down)) ?? .max)
            return OnnxConstant(shape: constant.shape, values: .integers(integers.map { min(max($0, low), high) }))
        }
        return OnnxConstant(shape: constant.shape, values: .floats(constant.floats.map { min(max($0, lower), upper) }))
    }

    private static func cast(_ constant: OnnxConstant, to type: Int) -> OnnxConstant? {
        let floatTypes = [1, 10, 11, 16]
        if floatTypes.contains(type) { return OnnxConstant(shape: constant.shape, values: .floats(constant.floats)) }
        return constant.integers.map { OnnxConstant(shape: constant.shape, values: .integers($0)) }
    }

    // MARK: - Shapes

    /// Returns the output shape of `Reshape`. In `wanted`, 0 keeps an extent, and −1 stands for the remaining elements.
    ///
    /// - Throws: ``FormatError`` if the number of elements is another one.
    static func target(_ wanted: [Int], from shape: [Int]) throws(FormatError) -> [Int] {
        var result = wanted
        for index in result.indices where result[index] == 0 {
            guard shape.indices.contains(index) else { throw FormatError("cannot be of the shape \(wanted)") }
            result[index] = shape[index]
        }
        let open = result.indices.filter { result[$0] == -1 }
        let count = Extents.count(shape)
        let known = Extents.count(result.filter { $0 != -1 })
        guard result.count <= StoredTensor.mostDimensions, open.count <= 1, result.allSatisfy({ $0 >= -1 }), let count,
            let known,
            open.isEmpty ? known == count : known > 0 && count.isMultiple(of: known)
        else { throw FormatError("the shape \(shape) cannot be reshaped to \(wanted.prefix(8))") }
        for index in open { result[index] = count / known }
        return result
    }

    /// Returns a list of integers from an input or, in older files, from an attribute.
    static func list(_ inputs: [OnnxConstant?], _ place: Int, _ node: OnnxFile.Node, _ attribute: String) -> [Int]? {
        if inputs.indices.contains(place), let constant = inputs[place] { return constant.integers }
        return node.attributes[attribute]?.integers
    }

    private static func reshape(
        _ first: OnnxConstant, _ inputs: [OnnxConstant?], _ node: OnnxFile.Node
    ) throws(FormatError) -> OnnxConstant? {
        guard let wanted = list(inputs, 1, node, "shape") else { return nil }
        return first.reshaped(try target(wanted, from: first.shape))
    }

    private static func changeDimensions(
        _ first: OnnxConstant, _ inputs: [OnnxConstant?], _ node: OnnxFile.Node
    ) throws(FormatError) -> OnnxConstant {
        var groups = first.shape.map { [$0] }
        try changeDimensions(&groups, node, axes: list(inputs, 1, node, "axes")) { Extents.count($0) == 1 }
        guard groups.count <= StoredTensor.mostDimensions else { throw StoredTensor.tooManyDimensions }
        return first.reshaped(groups.map { Extents.count($0) ?? 0 })
    }

    /// Applies Flatten, Squeeze or Unsqueeze to dimensions. Each dimension is a list of factors.
    ///
    /// - Throws: ``FormatError`` if an axis does not exist or, for Squeeze, is not 1.
    static func changeDimensions<Factor>(
        _ groups: inout [[Factor]], _ node: OnnxFile.Node, axes: [Int]?, isOne: ([Factor]) -> Bool
    ) throws(FormatError) {
        let mismatch = FormatError("its axes do not fit the dimensions")
        switch node.operation {
        case "Flatten":
            var axis = node.attributes["axis"]?.integer ?? 1
            if axis < 0 { axis += groups.count }
            guard (0...groups.count).contains(axis) else { throw mismatch }
            groups = [Array(groups[..<axis].joined()), Array(groups[axis...].joined())]
        case "Squeeze":
            let count = groups.count
            let places =
                axes.map { Set($0.map { $0 < 0 ? $0 + count : $0 }) }
                ?? Set(groups.indices.filter { isOne(groups[$0]) })
            guard places.allSatisfy({ groups.indices.contains($0) && isOne(groups[$0]) }) else { throw mismatch }
            groups = groups.enumerated().filter { !places.contains($0.offset) }.map(\.element)
        default:
            let count = groups.count + (axes?.count ?? 0)
            let places = Set((axes ?? []).map { $0 < 0 ? $0 + count : $0 })
            guard count <= StoredTensor.mostDimensions, places.count == axes?.count,
                places.allSatisfy({ (0..<count).contains($0) })
            else { throw mismatch }
            for place in places.sorted() { groups.insert([], at: place) }
        }
    }

    // MARK: - Elements

    private static func gather(
        _ first: OnnxConstant, _ inputs: [OnnxConstant?], _ node: OnnxFile.Node
    ) throws(FormatError) -> OnnxConstant? {
        // OpenVINO has the axis as an input.
        let axis = inputs.count == 3 ? inputs[2]?.integers : [node.attributes["axis"]?.integer ?? 0]
        guard (2...3).contains(inputs.count), let indices = inputs[1], let wanted = indices.integers,
            axis == [0] || axis == [-1], first.shape.count == 1, wanted.count <= mostElements
        else { return nil }
        let offsets = wanted.map { $0 < 0 ? $0 &+ first.count : $0 }
        guard offsets.allSatisfy({ (0..<first.count).contains($0) }) else {
            throw FormatError("an index is out of the range of its list")
        }
        return first.gathered(offsets, shape: indices.shape)
    }

    /// Returns a part of a tensor, as ONNX's `Slice` and OpenVINO's `StridedSlice` define it.
    private static func slice(
        _ first: OnnxConstant, _ inputs: [OnnxConstant?], _ node: OnnxFile.Node
    ) throws(FormatError) -> OnnxConstant? {
        guard let starts = list(inputs, 1, node, "starts"), let ends = list(inputs, 2, node, "ends"),
            first.count <= mostElements
        else { return nil }
        let axes = list(inputs, 3, node, "axes") ?? Array(starts.indices)
        let steps = list(inputs, 4, node, "steps") ?? starts.map { _ in 1 }
        guard ends.count == starts.count, axes.count == starts.count, steps.count == starts.count else { return nil }
        // OpenVINO's masks open the range.
        func isOpen(_ mask: String, _ place: Int) -> Bool {
            guard let bits = node.attributes[mask]?.integers, bits.indices.contains(place) else { return false }
            return bits[place] == 1
        }
        var kept = first.shape.map { Array(0..<$0) }
        for (place, axis) in axes.enumerated() {
            let axis = axis < 0 ? axis + kept.count : axis
            guard kept.indices.contains(axis), steps[place] != 0, steps[place] != .min else { return nil }
            kept[axis] = indices(
                of: first.shape[axis], from: isOpen("begin_mask", place) ? nil : starts[place],
                to: isOpen("end_mask", place) ? nil : ends[place], by: steps[place])
        }
        var places = [0]
        for (axis, extent) in first.shape.enumerated() {
            places = places.flatMap { place in kept[axis].map { place * extent + $0 } }
        }
        return first.gathered(places, shape: kept.map(\.count))
    }

    /// Returns the indices of a range. Negative bounds count from the end, and bounds outside are moved inside.
    private static func indices(of extent: Int, from start: Int?, to end: Int?, by step: Int) -> [Int] {
        let range = step > 0 ? 0...extent : -1...(extent - 1)
        func bound(_ index: Int) -> Int {
            min(max(index < 0 ? index + extent : index, range.lowerBound), range.upperBound)
        }
        let (first, last) = step > 0 ? (range.lowerBound, range.upperBound) : (range.upperBound, range.lowerBound)
        return Array(stride(from: start.map(bound) ?? first, to: end.map(bound) ?? last, by: step))
    }

    private static func concatenation(_ inputs: [OnnxConstant?], _ node: OnnxFile.Node) throws(FormatError)
        -> OnnxConstant?
    {
        let parts = inputs.compactMap { $0 }
        guard parts.count == inputs.count, parts.reduce(0, { $0 + $1.count }) <= mostElements else { return nil }
        if parts.contains(where: { $0.shape.count > 1 }) { return try concatenated(parts, node) }
        let count = parts.reduce(0) { $0 + $1.count }
        let lists = parts.compactMap(\.exactIntegers)
        if lists.count == parts.count { return OnnxConstant(Array(lists.joined())) }
        return OnnxConstant(shape: [count], values: .floats(Array(parts.map(\.floats).joined())))
    }

    /// Concatenates float32 tensors of several dimensions.
    private static func concatenated(
        _ parts: [OnnxConstant], _ node: OnnxFile.Node
    ) throws(FormatError) -> OnnxConstant? {
        var shape = parts[0].shape
        guard let axis = Extents.place(node.attributes["axis"]?.integer ?? 1, among: shape.count),
            parts.allSatisfy({ part in
                part.shape.count == shape.count
                    && shape.indices.allSatisfy { $0 == axis || part.shape[$0] == shape[$0] }
            })
        else { throw FormatError("cannot concatenate constants of different sizes") }
        shape[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
        guard let outer = Extents.count(shape[..<axis]), let count = Extents.count(shape), count <= mostElements,
            outer > 0, parts.allSatisfy({ $0.count == Extents.count($0.shape) })
        else { return nil }
        var values: [Float] = []
        values.reserveCapacity(count)
        let lists = parts.map(\.floats)
        for row in 0..<outer {
            for list in lists { values += list[row * (list.count / outer)..<(row + 1) * (list.count / outer)] }
        }
        return OnnxConstant(shape: shape, values: .floats(values))
    }

    private static func filled(
        _ first: OnnxConstant, _ node: OnnxFile.Node, _ bytes: [UInt8]
    ) throws(FormatError) -> OnnxConstant? {
        guard let shape = first.integers, shape.count <= StoredTensor.mostDimensions, let count = Extents.count(shape),
            count <= mostElements
        else { throw FormatError("a constant is too large") }
        guard let value = try node.attributes["value"]?.tensor?.constant(in: bytes), value.count == 1 else {
            return OnnxConstant(shape: shape, values: .floats([Float](repeating: 0, count: count)))
        }
        return value.gathered([Int](repeating: 0, count: count), shape: shape)
    }

    // MARK: - Arithmetic

    /// Computes an arithmetic operation on two constants of one shape, or with one of them a scalar.
    private static func arithmetic(
        _ operation: String, _ first: OnnxConstant, _ second: OnnxConstant
    ) throws(FormatError) -> OnnxConstant? {
        guard first.shape == second.shape || first.count == 1 || second.count == 1 else { return nil }
        let isFirstWider =
            first.count > second.count || first.count == second.count && first.shape.count >= second.shape.count
        let shape = isFirstWider ? first.shape : second.shape
        guard Extents.count(shape) == max(first.count, second.count), first.count > 0, second.count > 0 else {
            return nil
        }
        if let a = first.exactIntegers, let b = second.exactIntegers {
            return OnnxConstant(shape: shape, values: .integers(try whole(operation, a, b)))
        }
        let function: (Float, Float) -> Float =
            switch operation {
            case "Add": { $0 + $1 }
            case "Sub": { $0 - $1 }
            case "Mul": { $0 * $1 }
            default: { $0 / $1 }
            }
        return OnnxConstant(shape: shape, values: .floats(PendingValue.combine(first.floats, second.floats, function)))
    }

    private static func whole(_ operation: String, _ first: [Int], _ second: [Int]) throws(FormatError) -> [Int] {
        var values: [Int] = []
        for index in 0..<max(first.count, second.count) {
            let x = first[first.count == 1 ? 0 : index]
            let y = second[second.count == 1 ? 0 : index]
            switch operation {
            case "Add": values.append(x &+ y)
            case "Sub": values.append(x &- y)
            case "Mul": values.append(x &* y)
            default:
                let (quotient, overflows) = x.dividedReportingOverflow(by: y)
                guard !overflows else { throw FormatError("divides by zero") }
                values.append(quotient)
            }
        }
        return values
    }
}
