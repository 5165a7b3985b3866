// Quantized models. ONNX expresses them as float32 operations between pairs of QuantizeLinear and DequantizeLinear.

extension OnnxImport {
    /// Returns the quantization of the QuantizeLinear that follows a value, possibly after an activation or a reshape.
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

    /// Adds QuantizeLinear or DequantizeLinear of a value that is not constant.
    mutating func addConversion(_ node: OnnxFile.Node, _ output: String) throws {
        let source = try input(node)
        // No layer: readers that need float32 dequantize the value themselves.
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
        let value = try builder.quantized(
            try builder.compute(pending, named: node.inputs[0]), as: quantization,
            named: node.name.isEmpty ? output : node.name)
        keep(value, source.dimensions, as: output)
    }

    /// Returns the scale and zero point of a node. The zero point of int8 is shifted by 128, because values are uint8.
    private func quantization(_ node: OnnxFile.Node) throws -> Quantization {
        func known(_ place: Int) throws -> OnnxConstant? {
            guard node.inputs.indices.contains(place), !node.inputs[place].isEmpty else { return nil }
            return try constants[node.inputs[place]] ?? file.weights[node.inputs[place]]?.constant(in: file.bytes)
        }
        guard let scale = try known(1), scale.count == 1 else {
            throw builder.error("not supported: a scale for each channel of a value that is not constant")
        }
        let zeroPoint = try known(2)
        guard zeroPoint?.count ?? 1 == 1 else { throw builder.error("not supported: several zero points") }
        let point = Int32(clamping: zeroPoint?.integers?.first ?? 0)
        let (shifted, overflows) = point.addingReportingOverflow(zeroPoint?.isSigned == true ? 128 : 0)
        let result = Quantization(scale: scale.floats[0], zeroPoint: overflows ? .max : shifted)
        guard result.isValid else { throw builder.error("its scale or its zero point is out of range") }
        return result
    }

    // MARK: - Weights

    /// Dequantizes constant weights. The quantized values are kept as ``OnnxConstant/source``.
    ///
    /// - Returns: `nil` if the inputs do not fit.
    mutating func dequantized(_ node: OnnxFile.Node, _ inputs: [OnnxConstant?]) throws -> OnnxConstant? {
        guard inputs.count >= 2, let values = inputs[0], let scale = inputs[1], values.count > 0 else { return nil }
        if case .floats = values.values { return nil }
        let integers = values.values
        let points = (inputs.count > 2 ? inputs[2] : nil)?.integers ?? [0]
        var axis = node.attributes["axis"]?.integer ?? 1
        if axis < 0 { axis += values.shape.count }
        let scales = scale.floats
        guard scales.count == 1 || values.shape.indices.contains(axis) && values.shape[axis] == scales.count,
            points.count == 1 || points.count == scales.count, !points.isEmpty
        else { return nil }
        let inner = scales.count == 1 ? 1 : values.shape[(axis + 1)...].reduce(1, *)
        var result = OnnxConstant(
            shape: values.shape,
            values: .floats(
                (0..<values.count).map { index in
                    let channel = index / max(inner, 1) % scales.count
                    return Float(integers[integer: index] &- points[points.count == 1 ? 0 : channel]) * scales[channel]
                }))
        if Set(points).count == 1 {
            result.source = .init(integers: integers, isSigned: values.isSigned, scales: scales, zeroPoint: points[0])
        }
        return result
    }

    /// Quantizes constant weights, which some files store as float32.
    ///
    /// - Returns: `nil` if the inputs do not fit.
    mutating func quantized(_ node: OnnxFile.Node, _ inputs: [OnnxConstant?]) throws -> OnnxConstant? {
        guard inputs.count >= 2, let values = inputs[0], let scale = inputs[1], values.count > 0 else { return nil }
        let point = inputs.count > 2 ? inputs[2] : nil
        let isSigned = point?.isSigned ?? false
        let points = point?.integers ?? [0]
        var axis = node.attributes["axis"]?.integer ?? 1
        if axis < 0 { axis += values.shape.count }
        let scales = scale.floats
        guard scales.count == 1 || values.shape.indices.contains(axis) && values.shape[axis] == scales.count,
            points.count == 1 || points.count == scales.count, !points.isEmpty,
            scales.allSatisfy({ $0 > 0 && $0.isFinite })
        else { return nil }
        let inner = scales.count == 1 ? 1 : values.shape[(axis + 1)...].reduce(1, *)
        let range: ClosedRange<Float> = isSigned ? -128...127 : 0...255
        let integers = values.floats.enumerated().map { index, value in
            let channel = index / max(inner, 1) % scales.count
            let rounded =
                (value / scales[channel]).rounded(.toNearestOrEven) + Float(points[points.count == 1 ? 0 : channel])
            return Int16(min(max(rounded.isNaN ? 0 : rounded, range.lowerBound), range.upperBound))
        }
        return OnnxConstant(shape: values.shape, values: .small(integers), isSigned: isSigned)
    }

    /// Returns dequantized weights as the int8 values that they came from; `nil` if they were not quantized.
    func int8Weights(_ weight: OnnxConstant, outputs: Int) throws -> QuantizedTensor? {
        guard let source = weight.source, [1, outputs].contains(source.scales.count) else { return nil }
        let shift = source.isSigned ? 0 : 128
        let indices = 0..<source.integers.count
        guard indices.allSatisfy({ (-128...127).contains(source.integers[integer: $0] &- shift) }) else { return nil }
        return try QuantizedTensor(
            shape: weight.shape, values: .int8(indices.map { Int8(source.integers[integer: $0] - shift) }),
            scales: source.scales, zeroPoint: Int32(clamping: source.zeroPoint &- shift))
    }

    /// Returns a bias as int32. Its scales are the products of the input's scale and the weights' scales.
    func int32Bias(_ bias: OnnxConstant?, outputs: Int, scales: [Float]) throws -> QuantizedTensor {
        var values = [Int32](repeating: 0, count: outputs)
        if let source = bias?.source, source.zeroPoint == 0 {
            values = (0..<source.integers.count).map { Int32(clamping: source.integers[integer: $0]) }
        } else if let bias {
            values = bias.floats.enumerated().map { index, value in
                let quotient = Double(value) / Double(scales[scales.count == 1 ? 0 : index])
                return Int32(min(max(quotient.isNaN ? 0 : quotient.rounded(), -2_147_483_648), 2_147_483_647))
            }
        }
        return try QuantizedTensor(shape: [outputs], values: .int32(values), scales: scales, zeroPoint: 0)
    }
}
