import KernelInterface

// Layers without weights.

extension IntegerLowering {
    // MARK: - Sums and products

    mutating func lowerAdd(_ layer: IntegerLayer) throws -> Binding {
        let sources = [try quantization(of: layer.inputs[0]), try quantization(of: layer.inputs[1])]
        let target = try quantization(of: layer.output)
        if graph.requantization == .float32 {
            let parameters = FloatParametersBuilder.weightedSum(of: sources, to: target)
            return elementwise(layer, .weightedSum, constants.add(parameters))
        }
        // Both operands are rescaled to twice the larger scale, with 20 fraction bits.
        let shift: Int32 = 20
        let common = 2 * Double(max(sources[0].scale, sources[1].scale))
        let parameters =
            sources.map {
                ChannelParametersBuilder.uniform(
                    bias: -$0.zeroPoint, factor: QuantizedMultiplier(Double($0.scale) / common), shift: shift,
                    lanes: kernels.lanes)
            } + [
                ChannelParametersBuilder.uniform(
                    bias: 0, factor: QuantizedMultiplier(common / (Double(1 << shift) * Double(target.scale))),
                    lanes: kernels.lanes, zeroPoint: target.zeroPoint)
            ]
        return elementwise(layer, .add, constants.add(parameters))
    }

    mutating func lowerMultiply(_ layer: IntegerLayer) throws -> Binding {
        let sources = [try quantization(of: layer.inputs[0]), try quantization(of: layer.inputs[1])]
        let target = try quantization(of: layer.output)
        if graph.requantization == .float32 {
            let parameters = FloatParametersBuilder.product(of: sources, to: target)
            return elementwise(layer, .scaledProduct, constants.add(parameters))
        }
        let factor = QuantizedMultiplier(Double(sources[0].scale * sources[1].scale / target.scale))
        let parameters =
            sources.map {
                ChannelParametersBuilder.uniform(
                    bias: -$0.zeroPoint, factor: QuantizedMultiplier(0), lanes: kernels.lanes)
            } + [
                ChannelParametersBuilder.uniform(
                    bias: 0, factor: factor, lanes: kernels.lanes, zeroPoint: target.zeroPoint)
            ]
        return elementwise(layer, .multiply, constants.add(parameters))
    }

    private func elementwise(
        _ layer: IntegerLayer, _ operation: IntegerElementwiseTask.Operation, _ parameters: IntegerConstants.Position
    ) -> Binding {
        let (first, second) = (assignment[layer.inputs[0]], assignment[layer.inputs[1]])
        let output = assignment[layer.output]
        let isVector = second.shape != first.shape
        let bounds = layer.bounds
        return { memory in
            var vector = memory.plane(second)
            if isVector { vector.rowStride = 0 }
            return .elementwise(
                memory.tasks.keep(
                    IntegerElementwiseTask(
                        operation: operation, first: memory.plane(first), second: vector,
                        secondPixelStride: isVector ? 0 : second.lanes, output: memory.mutablePlane(output),
                        blocks: output.blocks, height: output.shape.height, width: output.shape.width,
                        parameters: memory.constants(parameters, as: ChannelParameters.self),
                        low: bounds.low, high: bounds.high)))
        }
    }

    // MARK: - Functions

    mutating func lowerLookup(_ layer: IntegerLayer, _ table: LookupTable) -> Binding {
        let (input, output) = (assignment[layer.inputs[0]], assignment[layer.output])
        let position = constants.add(table.values)
        return { memory in
            .lookup(
                memory.tasks.keep(
                    LookupTask(
                        input: memory.plane(input), output: memory.mutablePlane(output), blocks: output.blocks,
                        height: output.shape.height, width: output.shape.width, table: memory.constants + position)))
        }
    }

    mutating func lowerSoftmax(_ layer: IntegerLayer) throws -> Binding {
        let (input, output) = (assignment[layer.inputs[0]], assignment[layer.output])
        guard try quantization(of: layer.output) == Quantization(scale: 1 / 256, zeroPoint: 0) else {
            throw unsupported("softmax with an output scale other than 1/256", layer)
        }
        let position = constants.add(IntegerSoftmax.exponentials(scale: try quantization(of: layer.inputs[0]).scale))
        return { memory in
            .softmax(
                memory.tasks.keep(
                    SoftmaxPixels(
                        softmax: IntegerSoftmax(exponentials: memory.constants(position, as: Int32.self)),
                        input: memory.plane(input), output: memory.mutablePlane(output),
                        channels: input.shape.channels, height: input.shape.height, width: input.shape.width)))
        }
    }

    // MARK: - Pooling

    func lowerMean(_ layer: IntegerLayer, index: Int) throws -> Binding {
        let (input, output) = (assignment[layer.inputs[0]], assignment[layer.output])
        let (source, target) = (try quantization(of: layer.inputs[0]), try quantization(of: layer.output))
        guard input.shape.pixels <= IntegerAveragePool.mostPixels else {
            throw unsupported(
                "global average pooling of more than \(IntegerAveragePool.mostPixels) quantized pixels", layer)
        }
        let factor = IntegerAveragePool.factor(from: source, to: target, pixels: input.shape.pixels)
        let scratch = assignment.scratch[index] ?? 0
        return { memory in
            let sums = memory.scratch(scratch).assumingMemoryBound(to: Int32.self)
            return .mean(
                memory.tasks.keep(
                    IntegerAveragePool(
                        sums: IntegerSumTask(
                            input: memory.plane(input), blocks: input.blocks, height: input.shape.height,
                            width: input.shape.width, output: sums),
                        channels: output.shape.channels, output: memory.mutablePlane(output),
                        rescales: source != target, zeroPoints: (source.zeroPoint, target.zeroPoint),
                        multiplier: factor.multiplier, exponent: factor.exponent)))
        }
    }

    func lowerPool(_ layer: IntegerLayer, _ kernel: KernelGeometry, isMaximum: Bool) throws -> Binding {
        let (input, output) = (assignment[layer.inputs[0]], assignment[layer.output])
        guard try quantization(of: layer.inputs[0]) == quantization(of: layer.output) else {
            throw unsupported("a pooling that changes the scale", layer)
        }
        return { memory in
            .pool(
                memory.tasks.keep(
                    IntegerPool(
                        input: memory.plane(input), output: memory.mutablePlane(output), blocks: output.blocks,
                        inputHeight: input.shape.height, inputWidth: input.shape.width,
                        outputHeight: output.shape.height, outputWidth: output.shape.width,
                        kernelHeight: kernel.height, kernelWidth: kernel.width,
                        verticalStride: kernel.verticalStride, horizontalStride: kernel.horizontalStride,
                        top: kernel.vertical.zeros(around: input.shape.height).before,
                        left: kernel.horizontal.zeros(around: input.shape.width).before, isMaximum: isMaximum)))
        }
    }

    // MARK: - Rearrangements

    mutating func lowerRearrangement(
        _ layer: IntegerLayer, _ kind: IntegerRearrangement.Kind
    ) throws -> [Binding] {
        [try rearrangement(kind, of: layer.inputs[0], to: layer.output)]
    }

    mutating func lowerConcatenation(_ layer: IntegerLayer, _ axis: ConcatenationAxis) throws -> [Binding] {
        var (channel, row) = (0, 0)
        var bindings: [Binding] = []
        for value in layer.inputs {
            bindings.append(
                try rearrangement(.channels(from: channel), of: value, to: layer.output, firstRow: row))
            let shape = assignment[value].shape
            switch axis {
            case .channels: channel += shape.channels
            case .height: row += shape.height
            }
        }
        return bindings
    }

    private mutating func rearrangement(
        _ kind: IntegerRearrangement.Kind, of value: Graph.Value, to target: Graph.Value, firstRow: Int = 0
    ) throws -> Binding {
        let (input, output) = (assignment[value], assignment[target])
        let requantization = LookupTable(
            concatenating: try quantization(of: value), to: try quantization(of: target))
        let table = constants.add(requantization.values)
        return { memory in
            var plane = memory.mutablePlane(output)
            plane.base += firstRow * plane.rowStride
            return .rearrangement(
                memory.tasks.keep(
                    IntegerRearrangement(
                        kind: kind, input: memory.plane(input), channels: input.shape.channels,
                        height: input.shape.height, width: input.shape.width, output: plane,
                        outputChannels: output.shape.channels, table: memory.constants + table)))
        }
    }

    // MARK: - Detections

    mutating func lowerDetections(_ layer: IntegerLayer, _ parameters: DetectionParameters, index: Int) throws
        -> Binding
    {
        let buffers = layer.inputs.map { assignment[$0] }
        let lookups = try layer.inputs.map { value in
            let source = try quantization(of: value)
            return constants.add((0..<256).map { source.dequantized(UInt8($0)) })
        }
        let anchors = try weights.values(of: graph.nodes[layer.node].parameters[0])
        let scratch = assignment.scratch[index] ?? 0
        let outputCount = graph[layer.output].shape.count
        guard let output = assignment.floats[layer.output] else {
            preconditionFailure("no memory for the detections of \(graph.nodes[layer.node].name)")
        }
        return { memory in
            var offset = scratch
            let inputs = zip(buffers, lookups).map { buffer, lookup in
                defer { offset += buffer.shape.count * MemoryLayout<Float>.size }
                return IntegerDetections.Input(
                    plane: memory.plane(buffer), shape: buffer.shape,
                    lookup: memory.constants(lookup, as: Float.self),
                    memory: memory.floats(at: offset, count: buffer.shape.count))
            }
            return .detections(
                IntegerDetections(
                    boxes: inputs[0], scores: inputs[1], anchors: anchors, parameters: parameters,
                    output: memory.floats(at: output, count: outputCount)))
        }
    }
}
