import KernelInterface

/// Lowers fused layers to kernel calls.
///
/// A plan does this once. Each session then completes the bindings with the addresses of its memory.
struct Lowering {
    /// Creates a kernel call for the memory of a session.
    typealias Binding = @Sendable (CallMemory) -> Call
    /// Creates the calls of a step for the memory of a session.
    typealias StepBinding = @Sendable (CallMemory) -> Step<Call>

    let graph: Graph
    let kernels: KernelTable
    let assignment: BufferAssignment
    var constants = ConstantsBuilder()
    private(set) var bindings: [StepBinding] = []
    /// Index of the layer that each binding belongs to.
    private(set) var owners: [Int] = []
    /// Layout of the input image; `nil` until the convolution that reads it is lowered.
    private(set) var image: ImageLayout?

    /// - Throws: ``GraphError`` for a layer that the engine does not support.
    init(_ assignment: BufferAssignment, of graph: Graph, for kernels: KernelTable) throws(GraphError) {
        self.graph = graph
        self.kernels = kernels
        self.assignment = assignment
        for (index, layer) in assignment.layers.enumerated() {
            for value in layer.writes where assignment[value].hasBorder {
                let buffer = assignment[value]
                append { .clearBorder(buffer, $0.workspace) }
            }
            if case .depthwise(let kernel) = layer.kind, !layer.expansion.isEmpty {
                bindings.append(try lowerExpanded(layer, kernel, index: index))
            } else {
                append(try lower(layer, index: index))
            }
            owners += repeatElement(index, count: bindings.count - owners.count)
        }
    }

    /// Appends a step of one call.
    mutating func append(_ binding: @escaping Binding) { bindings.append { Step(binding($0)) } }

    /// Returns the last call of a layer, and appends the calls before it.
    private mutating func lower(_ layer: FusedLayer, index: Int) throws(GraphError) -> Binding {
        if layer.input == graph.input {
            guard case .convolution(let kernel) = layer.kind else {
                throw unsupported(layer, "a layer that reads the image and is not a convolution")
            }
            return try lowerImageConvolution(layer, kernel)
        }
        switch layer.kind {
        case .convolution(let kernel) where kernel.isPixel: return lowerPointwise(layer, index: index)
        case .convolution(let kernel): return lowerGathered(layer, kernel, index: index)
        case .transposedConvolution(let kernel): return try lowerTransposed(layer, kernel, index: index)
        case .depthwise(let kernel): return lowerDepthwise(layer, kernel)
        case .dense: return lowerDense(layer)
        case .mean: return lowerMean(layer)
        case .pool(let kernel, let isMaximum): return lowerPool(layer, kernel, isMaximum: isMaximum)
        case .elementwise(let operation): return lowerElementwise(layer, operation)
        case .general(let kind): return lowerGeneral(layer, kind)
        }
    }

    func unsupported(_ layer: FusedLayer, _ reason: String) -> GraphError {
        GraphError(layer: graph.nodes[layer.node].name, index: layer.node, reason: "not supported: \(reason)")
    }

    // MARK: - Convolutions

    private mutating func lowerPointwise(_ layer: FusedLayer, index: Int) -> Binding {
        let input = assignment[layer.input]
        let order = Array(0..<input.shape.channels)
        return lowerPointwise(layer, index: index, input: input, output: assignment[layer.output], order: order)
    }

    /// - Parameter order: see ``WeightPacking/panels(_:panel:lanes:isHalf:order:into:)``.
    mutating func lowerPointwise(
        _ layer: FusedLayer, index: Int, input: Buffer, output: Buffer, order: [Int?]
    ) -> Binding {
        let task = pointwiseTask(
            layer, scratch: assignment.scratch[index], input: input, output: output, order: order)
        return { memory in .convolution(memory.tasks.keep(task(memory))) }
    }

    /// Returns a closure that creates the task of a 1×1 convolution.
    ///
    /// - Parameters:
    ///   - scratch: the offset of the scratch memory for weights with a gate.
    ///   - order: see ``WeightPacking/panels(_:panel:lanes:isHalf:order:into:)``.
    mutating func pointwiseTask(
        _ layer: FusedLayer, scratch: Int?, input: Buffer, output: Buffer, order: [Int?]
    ) -> @Sendable (CallMemory) -> ConvolutionTask {
        let reduction = order.count
        let packed = pack(layer, panel: kernels.convolutionPanel, order: order)
        let geometry = ConvolutionGeometry(
            pixelStride: input.lanes, rowStride: 0, rows: 1, rowPixels: input.shape.pixels,
            segments: input.blocks, segmentLength: input.lanes,
            lastSegmentLength: reduction - (input.blocks - 1) * input.lanes, segmentStride: input.blockStride)
        let extras = convolutionExtras(layer, scratch: scratch ?? 0)
        let output = convolutionOutput(layer, output, packed)
        return { memory in
            var task = output(memory, UnsafePointer(memory.workspace + input.origin), geometry)
            extras(memory, &task)
            return task
        }
    }

    private mutating func lowerImageConvolution(
        _ layer: FusedLayer, _ kernel: KernelGeometry
    ) throws(GraphError) -> Binding {
        let task = try imageTask(layer, kernel, output: assignment[layer.output])
        return { memory in .convolution(memory.tasks.keep(task(memory))) }
    }

    /// Returns a closure that creates the task of the convolution that reads the image.
    mutating func imageTask(
        _ layer: FusedLayer, _ kernel: KernelGeometry, output: Buffer
    ) throws(GraphError) -> @Sendable (CallMemory) -> ConvolutionTask {
        let shape = graph[graph.input].shape
        guard image == nil, shape.channels == ImageLayout.channels, layer.residual == nil, layer.gate == nil else {
            throw unsupported(layer, "an input that is not an image of three channels")
        }
        let layout = ImageLayout(width: shape.width, height: shape.height, border: kernel.border(around: shape))
        image = layout
        let order = WeightPacking.interleavedOrder(channels: ImageLayout.channels, taps: kernel.count)
        let packed = pack(layer, panel: kernels.convolutionPanel, order: order)
        let outputShape = graph[layer.output].shape
        let geometry = ConvolutionGeometry(
            pixelStride: kernel.horizontalStride * ImageLayout.channels,
            rowStride: kernel.verticalStride * layout.rowStride,
            rows: outputShape.height, rowPixels: outputShape.width,
            segments: kernel.height, segmentLength: kernel.width * ImageLayout.channels,
            lastSegmentLength: kernel.width * ImageLayout.channels, segmentStride: layout.rowStride)
        let task = convolutionOutput(layer, output, packed)
        return { memory in task(memory, UnsafePointer(memory.image), geometry) }
    }

    /// Returns a closure that creates the task of a convolution for the address of its input.
    private mutating func convolutionOutput(
        _ layer: FusedLayer, _ output: Buffer, _ packed: PackedWeights
    ) -> @Sendable (CallMemory, UnsafePointer<Float>, ConvolutionGeometry) -> ConvolutionTask {
        let offsets = constants.addOffsets(of: output)
        let activation = layer.activation
        return { memory, input, geometry in
            var task = ConvolutionTask(
                input: input, inputPixelStride: geometry.pixelStride, inputRowStride: geometry.rowStride,
                rows: geometry.rows, rowPixels: geometry.rowPixels,
                segments: geometry.segments, segmentLength: geometry.segmentLength,
                lastSegmentLength: geometry.lastSegmentLength, segmentStride: geometry.segmentStride,
                weights: memory.constants + packed.weights, bias: memory.constants + packed.bias,
                outputBlocks: packed.blocks, activation: activation,
                output: memory.workspace + output.origin, outputBlockStride: output.blockStride,
                outputOffsets: memory.offsets + offsets)
            task.lastBlockIsHalf = packed.isHalf
            return task
        }
    }

    /// Returns a closure that adds the residual and the gate to a task, if there are any.
    private mutating func convolutionExtras(
        _ layer: FusedLayer, scratch: Int
    ) -> @Sendable (CallMemory, inout ConvolutionTask) -> Void {
        let residual = layer.residual.map { assignment[$0] }
        let residualOffsets = residual.map { constants.addOffsets(of: $0) } ?? 0
        let gate = layer.gate.map { assignment[$0] }
        return { memory, task in
            if let residual {
                task.residual = UnsafePointer(memory.workspace + residual.origin)
                task.residualBlockStride = residual.blockStride
                task.residualOffsets = memory.offsets + residualOffsets
            }
            if let gate {
                task.gate = UnsafePointer(memory.workspace + gate.origin)
                task.scratch = memory.scratch(scratch)
            }
        }
    }

    private mutating func lowerDepthwise(_ layer: FusedLayer, _ kernel: KernelGeometry) -> Binding {
        let task = depthwiseTask(layer, kernel, input: assignment[layer.input])
        return { memory in .depthwise(memory.tasks.keep(task(memory))) }
    }

    /// Returns a closure that creates the task of a depthwise convolution.
    mutating func depthwiseTask(
        _ layer: FusedLayer, _ kernel: KernelGeometry, input: Buffer
    ) -> @Sendable (CallMemory) -> DepthwiseTask {
        let weights = folded(layer)
        let lanes = kernels.lanes
        let output = assignment[layer.output]
        let means = layer.channelMeans.map { assignment[$0] }
        let taps = constants.add(count: output.blocks * weights.reduction * lanes) {
            WeightPacking.taps(weights, lanes: lanes, into: $0)
        }
        let bias = constants.add(weights.bias, lanes: lanes)
        let border = kernel.border(around: input.shape)
        let corner = input.origin - border.top * input.rowStride - border.left * lanes
        let activation = layer.activation
        return { memory in
            DepthwiseTask(
                input: Plane(
                    base: memory.workspace + corner, rowStride: input.rowStride, blockStride: input.blockStride),
                output: memory.mutablePlane(output), blocks: output.blocks,
                outputHeight: output.shape.height, outputWidth: output.shape.width,
                kernelHeight: kernel.height, kernelWidth: kernel.width,
                verticalStride: kernel.verticalStride, horizontalStride: kernel.horizontalStride,
                weights: memory.constants + taps, bias: memory.constants + bias,
                activation: activation, means: means.map { memory.workspace + $0.origin })
        }
    }

    // MARK: - Other layers

    private mutating func lowerDense(_ layer: FusedLayer) -> Binding {
        let input = assignment[layer.input]
        let output = assignment[layer.output]
        let reduction = input.shape.channels
        let packed = pack(layer, panel: kernels.densePanel, order: Array(0..<reduction), mayBeHalf: false)
        let activation = layer.activation
        return { memory in
            .dense(
                memory.tasks.keep(
                    DenseTask(
                        input: memory.workspace + input.origin, reduction: reduction,
                        weights: memory.constants + packed.weights, bias: memory.constants + packed.bias,
                        outputBlocks: output.blocks, activation: activation,
                        output: memory.workspace + output.origin)))
        }
    }

    private func lowerMean(_ layer: FusedLayer) -> Binding {
        let input = assignment[layer.input]
        let output = assignment[layer.output]
        return { memory in
            .mean(
                memory.tasks.keep(
                    MeanTask(
                        input: memory.plane(input), blocks: input.blocks,
                        height: input.shape.height, width: input.shape.width,
                        output: memory.workspace + output.origin)))
        }
    }

    private func lowerElementwise(_ layer: FusedLayer, _ operation: FusedLayer.Elementwise) -> Binding {
        let first = assignment[layer.input]
        let second = layer.second.map { assignment[$0] } ?? first
        let output = assignment[layer.output]
        let activation = layer.activation
        let kernelOperation: ElementwiseTask.Operation =
            switch operation {
            case .copy: .copy
            case .add: .add
            case .addChannels: .addChannels
            case .multiply: .multiply
            case .scaleChannels: .scaleChannels
            }
        return { memory in
            .elementwise(
                memory.tasks.keep(
                    ElementwiseTask(
                        operation: kernelOperation, first: memory.plane(first), second: memory.plane(second),
                        output: memory.mutablePlane(output), blocks: output.blocks,
                        height: output.shape.height, width: output.shape.width, activation: activation)))
        }
    }

    // MARK: - Weights

    /// - Parameter mayBeHalf: whether the kernel can halve the last block of outputs.
    private mutating func pack(
        _ layer: FusedLayer, panel: Int, order: [Int?], mayBeHalf: Bool = true
    ) -> PackedWeights {
        let weights = folded(layer)
        let lanes = kernels.lanes
        let rest = weights.outputs % lanes
        let isHalf = mayBeHalf && kernels.halvesBlocks && rest > 0 && rest <= lanes / 2
        let size = WeightPacking.panelsSize(weights, lanes: lanes, order: order)
        let position = constants.add(count: size) {
            WeightPacking.panels(weights, panel: panel, lanes: lanes, isHalf: isHalf, order: order, into: $0)
        }
        return PackedWeights(
            weights: position, bias: constants.add(weights.bias, lanes: lanes),
            blocks: (weights.outputs + lanes - 1) / lanes, isHalf: isHalf)
    }

    private func folded(_ layer: FusedLayer) -> FoldedWeights {
        guard let weights = layer.weights else {
            preconditionFailure("\(graph.nodes[layer.node].name) has no weights")
        }
        return weights
    }
}

/// Positions of the packed weights and the bias of a layer in the constants.
private struct PackedWeights {
    var weights: ConstantsBuilder.Position
    var bias: ConstantsBuilder.Position
    /// Number of blocks of outputs.
    var blocks: Int
    /// Whether the last block of outputs is a half.
    var isHalf: Bool
}

/// Strides and segments of the input of a convolution. See ``ConvolutionTask``.
private struct ConvolutionGeometry {
    var pixelStride: Int
    var rowStride: Int
    var rows: Int
    var rowPixels: Int
    var segments: Int
    var segmentLength: Int
    var lastSegmentLength: Int
    var segmentStride: Int
}
