import KernelInterface

extension IntegerLowering {
    mutating func lowerConvolution(_ layer: IntegerLayer, _ kernel: KernelGeometry, index: Int) throws -> Binding {
        let input = assignment[layer.inputs[0]]
        let border = kernel.border(around: input.shape)
        let corner = input.origin - border.top * input.rowStride - border.left * input.lanes
        let reduction = IntegerReduction(kernel, over: input)
        let output = assignment[layer.output].shape
        let isPlane = kernel.isPixel && !input.hasBorder
        let geometry = Geometry(
            pixelStride: kernel.horizontalStride * input.lanes, rowStride: kernel.verticalStride * input.rowStride,
            rows: isPlane ? 1 : output.height, rowPixels: isPlane ? output.pixels : output.width)
        let convolution = try convolution(layer, reduction, geometry, index: index, mayHaveTerms: kernel.isPixel)
        return { memory in
            .convolution(memory.tasks.keep(convolution(memory, UnsafePointer(memory.workspace + corner))))
        }
    }

    mutating func lowerImageConvolution(_ layer: IntegerLayer, _ kernel: KernelGeometry, index: Int) throws -> Binding {
        let shape = graph[fusion.image].shape
        guard shape.channels == ImageLayout.channels else {
            throw unsupported("an input that is not an image of three channels", layer)
        }
        let border = kernel.border(around: shape)
        let layout = ImageLayout(width: shape.width, height: shape.height, border: border)
        guard image == nil else { throw unsupported("an image that is read more than once", layer) }
        guard layout.size <= Int32.max else { throw unsupported("an image of more than 2 GiB", layer) }
        image = layout
        let output = assignment[layer.output].shape
        let geometry = Geometry(
            pixelStride: kernel.horizontalStride * ImageLayout.channels,
            rowStride: kernel.verticalStride * layout.rowStride, rows: output.height, rowPixels: output.width)
        let reduction = IntegerReduction(kernel, over: layout)
        let convolution = try convolution(layer, reduction, geometry, index: index, mayHaveTerms: false)
        return { memory in .convolution(memory.tasks.keep(convolution(memory, UnsafePointer(memory.image)))) }
    }

    /// Strides of the input and rows of the output.
    private struct Geometry {
        var pixelStride: Int
        var rowStride: Int
        var rows: Int
        var rowPixels: Int
    }

    /// Returns a closure that creates the task of a convolution for the address of its input.
    ///
    /// - Parameter mayHaveTerms: whether the loops may subtract the zero point of the weights.
    private mutating func convolution(
        _ layer: IntegerLayer, _ reduction: IntegerReduction, _ geometry: Geometry, index: Int, mayHaveTerms: Bool
    ) throws -> @Sendable (IntegerMemory, UnsafePointer<UInt8>) -> IntegerConvolutionTask {
        let weights = try IntegerWeights(of: graph.nodes[layer.node], in: weights)
        let channels = try addChannels(layer, weights)
        let hasTerms = mayHaveTerms && !kernels.widens && !weights.fitsInt8
        let pieces = kernels.widens || hasTerms ? 1 : weights.pieces
        let reduction = pieces == 1 ? reduction : reduction.repeated(pieces)
        let packed = constants.add(
            pack(weights, reduction, pieces: pieces, addingBack: hasTerms ? weights.zeroPoint : 0))
        let offsets = constants.add(offsets: reduction.offsets)
        let ones = hasTerms ? constants.add(reduction.ones) : nil
        let output = assignment[layer.output]
        let outputOffsets = constants.addOffsets(of: output)
        let groups = reduction.groups(of: kernels.group)
        let (segments, full) = (reduction.offsets.count, reduction.full)
        let scratch = assignment.scratch[index] ?? 0
        let scratchBytes = assignment.scratchSizes[index] ?? 0
        let bounds = layer.bounds
        let zeroPoint = -weights.zeroPoint
        return { memory, input in
            IntegerConvolutionTask(
                input: input, inputPixelStride: geometry.pixelStride, inputRowStride: geometry.rowStride,
                rows: geometry.rows, rowPixels: geometry.rowPixels,
                segments: segments, fullSegments: full, segmentGroups: groups.full, lastSegmentGroups: groups.last,
                segmentOffsets: memory.constants(offsets, as: Int32.self),
                weights: UnsafeRawPointer(memory.constants + packed),
                channels: memory.constants(channels.position, as: ChannelParameters.self),
                rounding: channels.rounding, low: bounds.low, high: bounds.high, outputBlocks: output.blocks,
                output: memory.workspace + output.origin, outputBlockStride: output.blockStride,
                outputOffsets: memory.constants(outputOffsets, as: Int32.self),
                weightZeroPoint: zeroPoint, ones: ones.map { memory.constants($0, as: Int8.self) },
                scratch: memory.scratch(scratch), scratchBytes: scratchBytes)
        }
    }

    /// Packs the weights of a matrix product.
    private func pack(
        _ weights: IntegerWeights, _ reduction: IntegerReduction, pieces: Int, addingBack zeroPoint: Int32
    ) -> [UInt8] {
        let steps = reduction.steps(group: kernels.group)
        let count = weights.reduction
        let back = Int16(zeroPoint)
        return weights.weight.withUnsafeBufferPointer { weight in
            IntegerPacking(kernels).panels(
                channels: weights.outputs, panel: kernels.panel, steps: steps.count
            ) { output, step in
                guard let tap = steps[step] else { return 0 }
                let value = weight[output * count + tap.index] + back
                return pieces == 1 ? value : IntegerWeights.piece(tap.piece, of: value)
            }
        }
    }

    /// Adds the requantization parameters of the channels of a layer.
    private mutating func addChannels(
        _ layer: IntegerLayer, _ weights: IntegerWeights
    ) throws -> (position: IntegerConstants.Position, rounding: RoundingMode) {
        let source = try quantization(of: layer.inputs[0])
        let target = try quantization(of: layer.output)
        if graph.requantization == .float32 {
            let channels = FloatParametersBuilder(weights, from: source, to: target, function: layer.function)
            return (constants.add(channels.blocks), channels.rounding)
        }
        var channels = ChannelParametersBuilder(
            channels: weights.outputs, lanes: kernels.lanes, zeroPoint: target.zeroPoint, low: Int32(layer.bounds.low))
        let factors = weights.factors(from: source, to: target)
        for (channel, bias) in weights.biases(inputZeroPoint: source.zeroPoint).enumerated() {
            // Σ x w, with inputs from 0 to 255 and weights from −255 to 255.
            let largest = Int64(weights.reduction) * 255 * 255 + abs(Int64(bias))
            channels.set(channel, bias: bias, factor: factors[channel], largest: largest)
        }
        return (constants.add(channels.blocks), channels.rounding)
    }

    mutating func lowerDepthwise(_ layer: IntegerLayer, _ kernel: KernelGeometry) throws -> Binding {
        let weights = try IntegerWeights(of: graph.nodes[layer.node], in: weights)
        let channels = try addChannels(layer, weights)
        let (input, output) = (assignment[layer.inputs[0]], assignment[layer.output])
        let border = kernel.border(around: input.shape)
        let corner = input.origin - border.top * input.rowStride - border.left * input.lanes
        let steps = DepthwiseSteps(kernel, kernels)
        let pieces = kernels.widens ? 1 : weights.pieces
        let taps = IntegerPacking(kernels).taps(
            channels: weights.outputs, steps: steps.count * pieces, phases: steps.phases
        ) { channel, step, phase, position in
            guard let tap = steps.tap(step % steps.count, phase: phase, position: position) else { return 0 }
            let weight = weights.weight[channel * weights.reduction + tap]
            return pieces == 1 ? weight : IntegerWeights.piece(step / steps.count, of: weight)
        }
        let packed = constants.add(taps)
        let once = steps.offsets(rowStride: input.rowStride, lanes: input.lanes)
        let offsets = constants.add(offsets: [[Int32]](repeating: once, count: pieces).flatMap { $0 })
        let bounds = layer.bounds
        return { memory in
            .depthwise(
                memory.tasks.keep(
                    IntegerDepthwiseTask(
                        input: BytePlane(
                            base: memory.workspace + corner,
                            rowStride: input.rowStride, blockStride: input.blockStride),
                        output: memory.mutablePlane(output), blocks: input.blocks,
                        outputHeight: output.shape.height, outputWidth: output.shape.width,
                        verticalStride: kernel.verticalStride, horizontalStride: kernel.horizontalStride,
                        steps: steps.count * pieces, stepOffsets: memory.constants(offsets, as: Int32.self),
                        phases: steps.phases, weights: UnsafeRawPointer(memory.constants + packed),
                        channels: memory.constants(channels.position, as: ChannelParameters.self),
                        rounding: channels.rounding, low: bounds.low, high: bounds.high)))
        }
    }
}
