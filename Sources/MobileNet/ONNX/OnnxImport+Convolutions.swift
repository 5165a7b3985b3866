// Layers with weights: convolutions, fully connected layers, batch normalization.

extension OnnxImport {
    // MARK: - Convolutions

    mutating func addConvolution(_ node: OnnxFile.Node, _ output: String) throws {
        let isTransposed = node.operation == "ConvTranspose"
        let source = try input(node, withMargins: true)
        guard source.isLaidOut(as: OnnxValue.channelsFirst, shape(source)) else {
            throw builder.error("not supported: an input that is not an image")
        }
        var weight = try constant(node.inputs.count > 1 ? node.inputs[1] : "")
        let channels = shape(source).channels
        var group = node.attributes["group"]?.integer ?? 1
        if let groups = mergeGroups(of: &weight) { group = groups }
        guard weight.shape.count == 4, weight.shape.allSatisfy({ $0 > 0 }) else {
            throw builder.error("not supported: weights of the shape \(weight.shape)")
        }
        let isDepthwise = group == channels && weight.shape[0] == channels && weight.shape[1] == 1 && group > 1
        guard group == 1 && weight.shape[isTransposed ? 0 : 1] == channels || isDepthwise && !isTransposed else {
            throw builder.error(
                "not supported: weights of the shape \(weight.shape) in \(group) groups for \(channels) channels")
        }
        let outputs = weight.shape[isTransposed ? 1 : 0]
        let kernel = try kernel(node, size: (weight.shape[2], weight.shape[3]), source)
        let bias = try optionalConstant(node, 2)
        let hasBias = bias != nil || addsNext(output)
        let layer: Layer =
            isTransposed
            ? .transposedConvolution(outputs: outputs, kernel: try transposed(kernel, node), bias: hasBias)
            : isDepthwise
                ? .depthwise(kernel: kernel, bias: hasBias)
                : .convolution(outputs: outputs, kernel: kernel, bias: hasBias)
        values[node.inputs[0]]?.margins = nil
        let (operands, quantization) = try operands([node.inputs[0]], of: output)
        values[node.inputs[0]]?.margins = source.margins
        let value = try addWeighted(
            layer, node, to: operands[0], weight: weight, bias: bias, outputs: outputs,
            quantization: isTransposed ? nil : quantization)
        keep(value, OnnxValue.channelsFirst, as: output)
    }

    /// Gives the weights of OpenVINO's `GroupConvolution`, `[groups, outputs, inputs, height, width]`, the shape of
    /// ONNX's, and returns the number of groups; `nil` for weights of another shape.
    private func mergeGroups(of weight: inout OnnxConstant) -> Int? {
        let shape = weight.shape
        guard shape.count == 5, let outputs = Extents.count(shape.prefix(2)), outputs > 0 else { return nil }
        weight = weight.reshaped([outputs] + shape[2...])
        return shape[0]
    }

    /// Appends a layer with its weights and bias, quantized if weights and input are.
    ///
    /// - Parameter weight: weights in the shape of the layer's parameter.
    private mutating func addWeighted(
        _ layer: Layer, _ node: OnnxFile.Node, to input: Graph.Value, weight: OnnxConstant, bias: OnnxConstant?,
        outputs: Int,
        quantization: Quantization?
    ) throws -> Graph.Value {
        let name = node.name.isEmpty ? node.outputs[0] : node.name
        if let bias, bias.count != outputs { throw builder.error("its bias has the shape \(bias.shape)") }
        if let quantization, let weight = try int8Weights(weight, outputs: outputs),
            let scale = builder.graph[input].quantization?.scale
        {
            return try builder.add(
                layer.withBias, named: name, to: input, weight: weight,
                bias: try int32Bias(bias, outputs: outputs, scales: weight.scales.map { $0 * scale }),
                quantization: quantization)
        }
        let zeros = [Float](repeating: 0, count: outputs)
        return try builder.add(
            layer, named: name, to: try builder.dequantized(input), weight: weight.tensor,
            bias: layer.hasBias ? Tensor(shape: [outputs], values: bias?.floats ?? zeros) : nil)
    }

    /// Returns the kernel of a convolution or a pooling layer.
    func kernel(_ node: OnnxFile.Node, size: (Int, Int), _ source: OnnxValue) throws -> KernelGeometry {
        let dilations = node.attributes["dilations"]?.integers ?? [1, 1]
        guard dilations.allSatisfy({ $0 == 1 }) else {
            throw builder.error("not supported: dilations of \(dilations.prefix(8))")
        }
        let strides = node.attributes["strides"]?.integers ?? [1, 1]
        guard strides.count == 2, strides.allSatisfy({ (1...1024).contains($0) }) else {
            throw builder.error("has strides of \(strides.prefix(8))")
        }
        var kernel = KernelGeometry(
            height: size.0, width: size.1, verticalStride: strides[0], horizontalStride: strides[1],
            padding: try padding(node, size: size, strides: strides, source))
        // Same form as in the engine's own tables.
        if kernel.isPixel { kernel = .pixel }
        let half = Padding.explicit(top: size.0 / 2, bottom: size.0 / 2, left: size.1 / 2, right: size.1 / 2)
        if kernel.padding == half { kernel.padding = .symmetric }
        return kernel
    }

    private func padding(
        _ node: OnnxFile.Node, size: (Int, Int), strides: [Int], _ source: OnnxValue
    ) throws -> Padding {
        let margins = source.margins ?? [0, 0, 0, 0]
        let automatic = node.attributes["auto_pad"]?.text ?? "NOTSET"
        if automatic == "SAME_UPPER" || automatic == "SAME_LOWER" {
            guard margins.allSatisfy({ $0 == 0 }) else {
                throw builder.error("not supported: padding of the input, and `\(automatic)` too")
            }
            if automatic == "SAME_UPPER" { return .same }
            func zeros(_ extent: Int, _ size: Int, _ stride: Int) -> Int {
                max(((extent - 1) / stride) * stride + size - extent, 0)
            }
            let rows = zeros(shape(source).height, size.0, strides[0])
            let columns = zeros(shape(source).width, size.1, strides[1])
            return .explicit(top: rows - rows / 2, bottom: rows / 2, left: columns - columns / 2, right: columns / 2)
        }
        let pads = try pads(node, automatic)
        return .explicit(
            top: pads[0] + margins[0], bottom: pads[2] + margins[1], left: pads[1] + margins[2],
            right: pads[3] + margins[3])
    }

    /// Returns the kernel of a transposed convolution. Its padding is cropped from the output.
    private func transposed(_ kernel: KernelGeometry, _ node: OnnxFile.Node) throws -> KernelGeometry {
        let extra = node.attributes["output_padding"]?.integers ?? [0, 0]
        let automatic = node.attributes["auto_pad"]?.text ?? "NOTSET"
        guard extra.allSatisfy({ $0 == 0 }), node.attributes["output_shape"] == nil,
            ["NOTSET", "VALID"].contains(automatic)
        else {
            throw builder.error("not supported: an output of another size than that of its kernel")
        }
        let pads = try pads(node, automatic)
        var kernel = kernel
        kernel.padding = .explicit(top: pads[0], bottom: pads[2], left: pads[1], right: pads[3])
        return kernel
    }

    /// Returns the explicit padding of a node: top, left, bottom, right.
    private func pads(_ node: OnnxFile.Node, _ automatic: String) throws -> [Int] {
        let pads = automatic == "VALID" ? [0, 0, 0, 0] : node.attributes["pads"]?.integers ?? [0, 0, 0, 0]
        guard pads.count == 4, pads.allSatisfy({ (0...1024).contains($0) }) else {
            throw builder.error("not supported: a padding of \(pads.prefix(8))")
        }
        return pads
    }

    /// Whether the only user of a value adds a constant, which can be folded into a bias.
    private func addsNext(_ output: String) -> Bool {
        guard let next = onlyUser(of: output) else { return false }
        if next.operation == "HardSigmoid" { return true }
        return ["Add", "Sub"].contains(next.operation)
            && next.inputs.contains { constants[$0] != nil || file.weights[$0] != nil || isReshapedWeight($0) }
    }

    /// Whether a value is a constant that a later node reshapes.
    private func isReshapedWeight(_ name: String) -> Bool {
        values[name] == nil
            && file.nodes.contains { $0.outputs.first == name && $0.inputs.allSatisfy { values[$0] == nil } }
    }

    // MARK: - Fully connected

    mutating func addDense(_ node: OnnxFile.Node, _ output: String) throws {
        guard node.inputs.count >= 2, values[node.inputs[1]] == nil else {
            throw builder.error("not supported: a product of two computed matrices")
        }
        let source = try input(node)
        let shape = shape(source)
        var weight = try constant(node.inputs[1])
        let isGemm = node.operation == "Gemm"
        guard weight.shape.count == 2, node.attributes["transA"]?.integer ?? 0 == 0 else {
            throw builder.error("not supported: factors of these shapes")
        }
        if !isGemm || node.attributes["transB"]?.integer ?? 0 == 0 {
            weight = try weight.transposed([1, 0])
        }
        let (alpha, beta) = (node.attributes["alpha"]?.float ?? 1, node.attributes["beta"]?.float ?? 1)
        guard alpha == 1, beta == 1 || node.inputs.count < 3 else {
            throw builder.error("not supported: α or β other than 1")
        }
        let outputs = weight.shape[0]
        guard let factors = source.dimensions.last, source.dimensions.dropLast().allSatisfy(\.isEmpty),
            weight.shape[1] == shape.count, outputs > 0
        else {
            throw builder.error(
                "not supported: weights of the shape \(weight.shape) for an input of \(source.extents(shape))")
        }
        let layer = try dense(&weight, outputs: outputs, factors: factors, shape)
        var bias = isGemm ? try optionalConstant(node, 2) : nil
        if let scalar = bias, scalar.count == 1 {
            bias = scalar.gathered([Int](repeating: 0, count: outputs), shape: [outputs])
        }
        let (operands, quantization) = try operands([node.inputs[0]], of: output)
        let value = try addWeighted(
            layer, node, to: operands[0], weight: weight, bias: bias, outputs: outputs, quantization: quantization)
        keep(value, [[], [.channels]], as: output)
        if source.dimensions.count == 1 { values[output]?.dimensions.removeFirst() }
    }

    /// Returns a fully connected layer. One that reads a flattened image becomes a convolution with a kernel of the
    /// image's size; its weights are put into the order of a convolution's.
    private func dense(
        _ weight: inout OnnxConstant, outputs: Int, factors: [OnnxValue.Factor], _ shape: Shape
    ) throws -> Layer {
        if shape.isVector { return .dense(outputs: outputs) }
        let all: [OnnxValue.Factor] = [.channels, .height, .width]
        // From the order in which the image was flattened to channels, rows, columns.
        let order = factors + all.filter { !factors.contains($0) }
        weight = weight.reshaped([outputs] + order.map { OnnxValue.extent($0, shape) })
        weight = try weight.transposed([0] + all.map { factor in 1 + (order.firstIndex(of: factor) ?? 0) })
        let kernel = KernelGeometry(
            height: shape.height, width: shape.width, verticalStride: 1, horizontalStride: 1, padding: .valid)
        return .convolution(outputs: outputs, kernel: kernel, bias: true)
    }

    // MARK: - Batch normalization

    mutating func addNormalization(_ node: OnnxFile.Node, _ output: String) throws {
        guard node.inputs.count == 5 else { throw builder.error("it has \(node.inputs.count) inputs") }
        let source = try input(node)
        let channels = shape(source).channels
        guard source.dimensions.count > 1, source.dimensions[1] == (channels == 1 ? [] : [.channels]) else {
            throw builder.error("not supported: channels that are not the second dimension")
        }
        var tensors: [Tensor] = []
        for name in node.inputs.dropFirst() {
            let constant = try constant(name)
            guard constant.count == channels else {
                throw builder.error("\(constant.count) values for \(channels) channels")
            }
            tensors.append(Tensor(shape: [channels], values: constant.floats))
        }
        let input = try builder.dequantized(try compute(node.inputs[0]))
        let value = try builder.add(
            .normalization(epsilon: node.attributes["epsilon"]?.float ?? 1e-5),
            named: node.name.isEmpty ? output : node.name, to: [input])
        let name = builder.graph[value].name
        for (suffix, tensor) in zip(["weight", "bias", "running_mean", "running_var"], tensors) {
            builder.weights["\(name).\(suffix)"] = tensor
        }
        keep(value, source.dimensions, as: output)
        builder.foldable.remove(value)
    }
}

extension Layer {
    /// Whether the layer has a bias.
    fileprivate var hasBias: Bool {
        switch self {
        case .convolution(_, _, let bias), .depthwise(_, let bias), .transposedConvolution(_, _, let bias): bias
        case .input, .dense, .normalization, .activation, .add, .multiply, .globalAveragePool, .averagePool, .maxPool,
            .upsample, .concatenation, .reshape, .rowConcatenation, .softmax, .quantize, .dequantize, .detections:
            true
        }
    }

    /// Returns the layer with a bias.
    fileprivate var withBias: Layer {
        switch self {
        case .convolution(let outputs, let kernel, _): .convolution(outputs: outputs, kernel: kernel, bias: true)
        case .depthwise(let kernel, _): .depthwise(kernel: kernel, bias: true)
        case .transposedConvolution(let outputs, let kernel, _):
            .transposedConvolution(outputs: outputs, kernel: kernel, bias: true)
        case .input, .dense, .normalization, .activation, .add, .multiply, .globalAveragePool, .averagePool, .maxPool,
            .upsample, .concatenation, .reshape, .rowConcatenation, .softmax, .quantize, .dequantize, .detections:
            self
        }
    }
}
