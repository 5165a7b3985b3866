// Convolutions, fully connected layers and pooling.

extension TensorFlowLiteImport {
    // MARK: - Convolutions

    mutating func addConvolution(_ operation: TensorFlowLiteFile.Operator, _ output: Int) throws {
        let isDepthwise = operation.name == "DepthwiseConv2D"
        guard let options = operation.options else { throw builder.error("its options are missing") }
        let dilations = [
            try options.number(isDepthwise ? 5 : 4, default: Int32(1)),
            try options.number(isDepthwise ? 6 : 5, default: Int32(1)),
        ]
        guard dilations == [1, 1] else {
            throw builder.error("not supported: a dilation of \(dilations[0]) × \(dilations[1])")
        }
        let weightNumber = try input(operation, 1)
        let shape = try file.tensor(weightNumber).shape
        guard shape.count == 4 else { throw builder.error("its weights have the shape \(shape)") }
        let source = try input(operation, 0)
        let margins = values[source]?.margins
        values[source]?.margins = nil
        defer { values[source]?.margins = margins }
        let quantization = try file.tensor(output).quantization()
        let value = try self.value(of: source, isQuantized: quantization != nil)
        let kernel = try kernel(options, size: (shape[1], shape[2]), margins: margins)
        let inputs = builder.graph[value].shape.channels
        guard shape[isDepthwise ? 0 : 3] == (isDepthwise ? 1 : inputs), !isDepthwise || shape[3] == inputs else {
            throw builder.error("not supported: weights of the shape \(shape) for \(inputs) channels")
        }
        let layer: Layer =
            isDepthwise
            ? .depthwise(kernel: kernel, bias: true) : .convolution(outputs: shape[0], kernel: kernel, bias: true)
        // From [outputs, height, width, inputs] to [outputs, inputs, height, width]. Depthwise weights are
        // [1, height, width, channels].
        let order = isDepthwise ? [3, 0, 1, 2] : [0, 3, 1, 2]
        let result = try addWeighted(
            layer, operation, to: value, order: order, outputs: isDepthwise ? shape[3] : shape[0],
            axis: isDepthwise ? 3 : 0, quantization: quantization)
        try finish(result, try options.number(isDepthwise ? 4 : 3, default: Int8(0)), output: output)
    }

    /// Adds a fully connected layer. One that reads an image becomes a convolution with a kernel of the image's size.
    mutating func addDense(_ operation: TensorFlowLiteFile.Operator, _ output: Int) throws {
        guard try operation.options?.number(1, default: Int8(0)) ?? 0 == 0 else {
            throw builder.error("not supported: shuffled weights")
        }
        let shape = try file.tensor(try input(operation, 1)).shape
        let quantization = try file.tensor(output).quantization()
        let value = try self.value(of: try input(operation, 0), isQuantized: quantization != nil)
        let source = builder.graph[value].shape
        guard shape.count == 2, shape[1] == source.count else {
            throw builder.error("its weights have the shape \(shape) for an input of \(source)")
        }
        let isDense = source.isVector
        let kernel = KernelGeometry(
            height: source.height, width: source.width, verticalStride: 1, horizontalStride: 1, padding: .valid)
        let result = try addWeighted(
            isDense ? .dense(outputs: shape[0]) : .convolution(outputs: shape[0], kernel: kernel, bias: true),
            operation, to: value, order: isDense ? [0, 1] : [0, 3, 1, 2], outputs: shape[0], axis: 0,
            quantization: quantization,
            reshaped: isDense ? shape : [shape[0], source.height, source.width, source.channels])
        try finish(result, try operation.options?.number(0, default: Int8(0)) ?? 0, output: output)
    }

    /// Appends a layer with its transposed weights and a bias, which is zero if the file has none.
    ///
    /// - Parameters:
    ///   - order: permutation of the dimensions of the weights.
    ///   - axis: dimension of the weights along which scales vary.
    ///   - reshaped: shape of the weights before the transposition; `nil` for the file's.
    private mutating func addWeighted(
        _ layer: Layer, _ operation: TensorFlowLiteFile.Operator, to value: Graph.Value, order: [Int], outputs: Int,
        axis: Int,
        quantization: Quantization?, reshaped: [Int]? = nil
    ) throws -> Graph.Value {
        let weightNumber = try input(operation, 1)
        let biasNumber = operation.inputs.count > 2 ? operation.inputs[2] : nil
        let name = try file.tensor(operation.outputs[0]).name
        guard let quantization else {
            let stored = try constant(weightNumber, axis: axis)
            let weight = try Transposition.apply(Tensor(shape: reshaped ?? stored.shape, values: stored.values), order)
            let bias = try biasNumber.map { try constant($0) }
            return try builder.add(
                layer, named: name, to: value, weight: weight,
                bias: bias ?? Tensor(shape: [outputs], values: [Float](repeating: 0, count: outputs)))
        }
        let weight = try Transposition.apply(try quantizedConstant(weightNumber), order, reshaped: reshaped)
        let inputScale = builder.graph[value].quantization?.scale ?? 1
        let scales = weight.scales.map { $0 * inputScale }
        let bias = try biasNumber.map { try quantizedConstant($0, defaultScales: scales) }
        return try builder.add(
            layer, named: name, to: value, weight: weight,
            bias: bias
                ?? QuantizedTensor(
                    shape: [outputs], values: .int32([Int32](repeating: 0, count: outputs)), scales: scales,
                    zeroPoint: 0),
            quantization: quantization)
    }

    /// Returns a kernel whose padding and strides are in the first three fields of an operator's options.
    private func kernel(_ options: FlatTable, size: (Int, Int), margins: [Int]?) throws -> KernelGeometry {
        let isSame = try options.number(0, default: Int8(0)) == 0
        let padding: Padding
        if let margins, margins.contains(where: { $0 != 0 }) {
            guard !isSame else { throw builder.error("not supported: padding of the input, and `SAME` padding too") }
            padding = .explicit(top: margins[0], bottom: margins[1], left: margins[2], right: margins[3])
        } else {
            padding = isSame ? .same : .valid
        }
        return KernelGeometry(
            height: size.0, width: size.1, verticalStride: Int(try options.number(2, default: Int32(0))),
            horizontalStride: Int(try options.number(1, default: Int32(0))), padding: padding)
    }

    // MARK: - Pooling

    mutating func addPool(_ operation: TensorFlowLiteFile.Operator, _ output: Int) throws {
        let quantization = try file.tensor(output).quantization()
        let value = try self.value(of: try input(operation, 0), isQuantized: quantization != nil)
        let shape = builder.graph[value].shape
        let name = try file.tensor(output).name
        if operation.name == "Mean" {
            let axes = try file.tensor(try input(operation, 1)).integers(in: file.bytes).map { $0 < 0 ? $0 + 4 : $0 }
            guard Set(axes) == [1, 2] else { throw builder.error("not supported: a mean over the axes \(axes)") }
            return keep(
                try builder.add(.globalAveragePool, named: name, to: [value], quantization: quantization), as: output)
        }
        guard let options = operation.options else { throw builder.error("its options are missing") }
        let size = (Int(try options.number(4, default: Int32(0))), Int(try options.number(3, default: Int32(0))))
        let kernel = try kernel(options, size: size, margins: nil)
        let isMaximum = operation.name == "MaxPool2D"
        var result = value
        if !isMaximum, size == (shape.height, shape.width), shape.isVector || kernel.padding == .valid {
            // The mean of a single pixel is the pixel.
            if !shape.isVector || builder.graph[value].quantization != quantization {
                result = try builder.add(.globalAveragePool, named: name, to: [value], quantization: quantization)
            }
        } else {
            result = try builder.add(
                isMaximum ? .maxPool(kernel) : .averagePool(kernel), named: name, to: [value],
                quantization: quantization)
        }
        try finish(result, try options.number(5, default: Int8(0)), output: output)
    }
}
