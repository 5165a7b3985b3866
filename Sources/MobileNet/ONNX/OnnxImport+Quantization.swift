// Networks of bytes, which ONNX writes as numbers that are made bytes and numbers again around each operation.

extension OnnxImport {
    /// How a value's bytes stand for numbers, if the next thing done to it, but for an activation, is to make it bytes.
    func quantizationAhead(_ name: String) throws -> Quantization? {
        var name = name
        for _ in 0..<4 {
            guard let next = onlyUser(of: name), let output = next.outputs.first else { return nil }
            switch next.operation {
            case "QuantizeLinear": return next.inputs.first == name ? try? quantization(next) : nil
            case "Relu", "Clip", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Identity": name = output
            default: return nil
            }
        }
        return nil
    }

    /// Bytes to numbers, or numbers to bytes, of what is computed.
    mutating func addConversion(_ node: OnnxFile.Node, _ output: String) throws {
        let source = try input(node)
        // Whoever reads the numbers may as well read the bytes.
        if node.operation == "DequantizeLinear" {
            values[output] = source
            return
        }
        let quantization = try quantization(node)
        var pending = source.pending
        if !pending.isBase {
            pending.quantization = quantization
            if builder.graph[pending.base].quantization == nil { pending.quantization = nil }
        }
        let value = try builder.bytes(
            try builder.compute(pending, named: node.inputs[0]), as: quantization,
            named: node.name.isEmpty ? output : node.name)
        keep(value, source.dimensions, as: output)
    }

    /// What a pair of scale and zero point says. Signed bytes count as 128 more.
    private func quantization(_ node: OnnxFile.Node) throws -> Quantization {
        func known(_ place: Int) throws -> OnnxConstant? {
            guard node.inputs.indices.contains(place), !node.inputs[place].isEmpty else { return nil }
            return try constants[node.inputs[place]] ?? file.weights[node.inputs[place]]?.constant(in: file.bytes)
        }
        guard let scale = try known(1), scale.count == 1 else {
            throw builder.error("not supported: several scales for what is computed")
        }
        let zeroPoint = try known(2)
        guard zeroPoint?.count ?? 1 == 1 else { throw builder.error("not supported: several zero points") }
        let point = Int32(clamping: zeroPoint?.integers?.first ?? 0)
        let (shifted, overflows) = point.addingReportingOverflow(zeroPoint?.isSigned == true ? 128 : 0)
        let result = Quantization(scale: scale.reals[0], zeroPoint: overflows ? .max : shifted)
        guard result.isValid else { throw builder.error("its scale or its zero point is impossible") }
        return result
    }

    // MARK: - Weights

    /// Weights of bytes, as numbers that remember the bytes.
    mutating func dequantized(_ node: OnnxFile.Node, _ inputs: [OnnxConstant?]) throws -> OnnxConstant? {
        guard inputs.count >= 2, let values = inputs[0], let scale = inputs[1], values.count > 0 else { return nil }
        if case .reals = values.values { return nil }
        let integers = values.values
        let points = (inputs.count > 2 ? inputs[2] : nil)?.integers ?? [0]
        var axis = node.attributes["axis"]?.integer ?? 1
        if axis < 0 { axis += values.shape.count }
        let scales = scale.reals
        guard scales.count == 1 || values.shape.indices.contains(axis) && values.shape[axis] == scales.count,
            points.count == 1 || points.count == scales.count, !points.isEmpty
        else { return nil }
        let inner = scales.count == 1 ? 1 : values.shape[(axis + 1)...].reduce(1, *)
        var result = OnnxConstant(
            shape: values.shape,
            values: .reals(
                (0..<values.count).map { index in
                    let channel = index / max(inner, 1) % scales.count
                    return Float(integers[integer: index] &- points[points.count == 1 ? 0 : channel]) * scales[channel]
                }))
        if Set(points).count == 1 {
            result.source = .init(integers: integers, isSigned: values.isSigned, scales: scales, zeroPoint: points[0])
        }
        return result
    }

    /// Numbers that are made bytes when the network is loaded: weights that the file keeps as numbers.
    mutating func quantized(_ node: OnnxFile.Node, _ inputs: [OnnxConstant?]) throws -> OnnxConstant? {
        guard inputs.count >= 2, let values = inputs[0], let scale = inputs[1], values.count > 0 else { return nil }
        let point = inputs.count > 2 ? inputs[2] : nil
        let isSigned = point?.isSigned ?? false
        let points = point?.integers ?? [0]
        var axis = node.attributes["axis"]?.integer ?? 1
        if axis < 0 { axis += values.shape.count }
        let scales = scale.reals
        guard scales.count == 1 || values.shape.indices.contains(axis) && values.shape[axis] == scales.count,
            points.count == 1 || points.count == scales.count, !points.isEmpty,
            scales.allSatisfy({ $0 > 0 && $0.isFinite })
        else { return nil }
        let inner = scales.count == 1 ? 1 : values.shape[(axis + 1)...].reduce(1, *)
        let range: ClosedRange<Float> = isSigned ? -128...127 : 0...255
        let integers = values.reals.enumerated().map { index, value in
            let channel = index / max(inner, 1) % scales.count
            let number =
                (value / scales[channel]).rounded(.toNearestOrEven) + Float(points[points.count == 1 ? 0 : channel])
            return Int16(min(max(number.isNaN ? 0 : number, range.lowerBound), range.upperBound))
        }
        return OnnxConstant(shape: values.shape, values: .small(integers), isSigned: isSigned)
    }

    /// Weights as signed bytes; `nil` if they were none.
    func bytes(of weight: OnnxConstant, outputs: Int) throws -> QuantizedTensor? {
        guard let source = weight.source, [1, outputs].contains(source.scales.count) else { return nil }
        let shift = source.isSigned ? 0 : 128
        let places = 0..<source.integers.count
        guard places.allSatisfy({ (-128...127).contains(source.integers[integer: $0] &- shift) }) else { return nil }
        return try QuantizedTensor(
            shape: weight.shape, values: .int8(places.map { Int8(source.integers[integer: $0] - shift) }),
            scales: source.scales, zeroPoint: Int32(clamping: source.zeroPoint &- shift))
    }

    /// A bias as whole numbers, of a step that is the product of the input's and the weights'.
    func wholeNumbers(of bias: OnnxConstant?, outputs: Int, scales: [Float]) throws -> QuantizedTensor {
        var numbers = [Int32](repeating: 0, count: outputs)
        if let source = bias?.source, source.zeroPoint == 0 {
            numbers = (0..<source.integers.count).map { Int32(clamping: source.integers[integer: $0]) }
        } else if let bias {
            numbers = bias.reals.enumerated().map { index, value in
                let number = Double(value) / Double(scales[scales.count == 1 ? 0 : index])
                return Int32(min(max(number.isNaN ? 0 : number.rounded(), -2_147_483_648), 2_147_483_647))
            }
        }
        return try QuantizedTensor(shape: [outputs], values: .int32(numbers), scales: scales, zeroPoint: 0)
    }
}
