import KernelInterface

/// Lowers the layers of a quantized network to kernel calls.
///
/// A plan does this once. Each session then completes the bindings with the addresses of its memory.
struct IntegerLowering {
    /// Creates a kernel call for the memory of a session.
    typealias Binding = @Sendable (IntegerMemory) -> IntegerCall

    let graph: Graph
    let weights: Weights
    let kernels: IntegerKernelTable
    let fusion: IntegerFusion
    let assignment: IntegerAssignment
    var constants = IntegerConstants()
    private(set) var bindings: [Binding] = []
    /// Index of the layer that each binding belongs to.
    private(set) var owners: [Int] = []
    /// Layout of the input image; `nil` until the convolution that reads it is lowered.
    var image: ImageLayout?
    /// Bytes behind a buffer, and behind the image, that loops may read without using them.
    let slack: Int

    /// - Parameter kept: values that can be read when the network has run.
    /// - Throws: ``WeightsError`` if the weights do not fit, ``GraphError`` for a layer that the engine does not support.
    init(
        _ fusion: IntegerFusion, of graph: Graph, weights: Weights, for kernels: IntegerKernelTable,
        memory: MemorySource, keeping kept: Set<Graph.Value> = []
    ) throws {
        self.graph = graph
        self.weights = weights
        self.kernels = kernels
        self.fusion = fusion
        slack = fusion.layers.map { Self.slack(behind: $0, for: kernels) }.max() ?? 0
        assignment = IntegerAssignment(fusion, of: graph, keeping: kept, slack: slack, memory: memory) {
            Self.scratchSize(of: $0, isFirst: $0.inputs.contains(fusion.image), in: graph, for: kernels)
        }
        guard assignment.workspaceSize <= Int32.max else {
            throw GraphError.unsupported("buffers of more than 2 GiB", at: graph.output.index, of: graph)
        }
        for (index, layer) in assignment.layers.enumerated() {
            if !layer.isAlwaysFloat, assignment[layer.output].hasBorder {
                let buffer = assignment[layer.output]
                let zeroPoint = UInt8(try quantization(of: layer.output).zeroPoint)
                bindings.append {
                    .fillBorder(BorderTask(buffer: buffer, workspace: $0.workspace, zeroPoint: zeroPoint))
                }
            }
            bindings += try lower(layer, index: index)
            owners += repeatElement(index, count: bindings.count - owners.count)
        }
    }

    private mutating func lower(_ layer: IntegerLayer, index: Int) throws -> [Binding] {
        if layer.inputs.contains(fusion.image) {
            guard layer.inputs.count == 1, case .convolution(let kernel) = layer.kind else {
                throw unsupported("a layer that reads the image and is not a convolution", layer)
            }
            return [try lowerImageConvolution(layer, kernel, index: index)]
        }
        switch layer.kind {
        case .convolution(let kernel): return [try lowerConvolution(layer, kernel, index: index)]
        case .depthwise(let kernel): return [try lowerDepthwise(layer, kernel)]
        case .add: return [try lowerAdd(layer)]
        case .multiply: return [try lowerMultiply(layer)]
        case .lookup(let table): return [lowerLookup(layer, table)]
        case .globalAveragePool: return [try lowerMean(layer, index: index)]
        case .pool(let kernel, let isMaximum): return [try lowerPool(layer, kernel, isMaximum: isMaximum)]
        case .softmax: return [try lowerSoftmax(layer)]
        case .upsample(let factor): return try lowerRearrangement(layer, .upsample(factor: factor))
        case .reshape: return try lowerRearrangement(layer, .reshape)
        case .concatenation(let axis): return try lowerConcatenation(layer, axis)
        case .detections(let parameters): return [try lowerDetections(layer, parameters, index: index)]
        }
    }

    func unsupported(_ reason: String, _ layer: IntegerLayer) -> GraphError {
        .unsupported(reason, at: layer.node, of: graph)
    }

    /// Returns the scale and zero point of a value.
    ///
    /// - Throws: ``GraphError`` if the value is float32.
    func quantization(of value: Graph.Value) throws(GraphError) -> Quantization {
        guard let quantization = graph[value].quantization else {
            throw .unsupported("a quantized layer that reads float32", at: value.index, of: graph)
        }
        return quantization
    }

    /// Returns the number of bytes that a layer may read behind the end of its input.
    ///
    /// The smallest tile is a vector of uint8 wide. The pixels that it reads behind the last one have the same stride. A
    /// depthwise convolution reads whole steps for each of them, which may be longer than the kernel.
    private static func slack(behind layer: IntegerLayer, for kernels: IntegerKernelTable) -> Int {
        let tooMany = kernels.smallestTile - 1
        let lanes = IntegerAssignment.lanes
        return switch layer.kind {
        case .convolution(let kernel): tooMany * kernel.horizontalStride * lanes + kernels.group
        case .depthwise(let kernel):
            (tooMany * kernel.horizontalStride + kernels.group + kernels.depthwisePhases) * lanes
        case .add, .multiply, .lookup, .globalAveragePool, .pool, .softmax, .upsample, .concatenation, .reshape,
            .detections:
            tooMany * lanes
        }
    }

    /// Returns the number of bytes of scratch memory of a layer.
    private static func scratchSize(
        of layer: IntegerLayer, isFirst: Bool, in graph: Graph, for kernels: IntegerKernelTable
    ) -> Int {
        let input = graph[layer.inputs[0]].shape
        let output = graph[layer.output].shape
        switch layer.kind {
        case .convolution(let kernel):
            let segments = isFirst ? kernel.height : (input.channels + 15) / 16 * kernel.count
            let length = isFirst ? kernel.width * ImageLayout.channels + 1 : 16
            return convolutionScratch(pixelBytes: segments * length * 2, pixels: output.pixels, kernels)
        case .globalAveragePool:
            return (input.channels + 15) / 16 * 16 * MemoryLayout<Int32>.size
        case .detections:
            return layer.inputs.reduce(0) { $0 + graph[$1].shape.count } * MemoryLayout<Float>.size
        case .depthwise, .add, .multiply, .lookup, .pool, .softmax, .upsample, .concatenation, .reshape:
            return 0
        }
    }

    /// Returns the number of bytes that a convolution needs for its input as 16-bit values, or for the sums of its input.
    private static func convolutionScratch(pixelBytes: Int, pixels: Int, _ kernels: IntegerKernelTable) -> Int {
        // Half of a 512 KiB second-level cache.
        let most = 256 * 1024
        guard kernels.widens else {
            return (min(pixels, most / 64) + 2 * kernels.tileRows + 4) * MemoryLayout<Int32>.size
        }
        let tiles = max(min(most / pixelBytes, pixels + kernels.tileRows) / kernels.tileRows, 1)
        return tiles * kernels.tileRows * pixelBytes
    }
}
