import Kernels

/// Turns the layers of a quantised network into calls of kernels.
///
/// What is known when the plan is made is computed here; a binding adds the memory of a session.
struct IntegerLowering {
    typealias Binding = @Sendable (IntegerMemory) -> IntegerCall

    let graph: Graph
    let weights: Weights
    let kernels: IntegerKernelTable
    let fusion: IntegerFusion
    let assignment: IntegerAssignment
    var constants = IntegerConstants()
    private(set) var bindings: [Binding] = []
    /// The layout of the input, once the convolution that reads it has been seen.
    var image: ImageLayout?
    /// Bytes behind a buffer, and behind the image, that loops may read, and do not use.
    let slack: Int

    /// - Throws: ``WeightsError`` if the weights do not fit, ``GraphError`` for a layer that the engine lacks.
    init(
        _ fusion: IntegerFusion, of graph: Graph, weights: Weights, for kernels: IntegerKernelTable,
        memory: MemorySource
    ) throws {
        self.graph = graph
        self.weights = weights
        self.kernels = kernels
        self.fusion = fusion
        slack = fusion.layers.map { Self.slack(behind: $0, for: kernels) }.max() ?? 0
        assignment = IntegerAssignment(fusion, of: graph, slack: slack, memory: memory) {
            Self.scratchSize(of: $0, isFirst: $0.inputs.contains(fusion.picture), in: graph, for: kernels)
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
        }
    }

    private mutating func lower(_ layer: IntegerLayer, index: Int) throws -> [Binding] {
        if layer.inputs.contains(fusion.picture) {
            guard layer.inputs.count == 1, case .convolution(let kernel) = layer.kind else {
                throw unsupported("a layer that reads the image and is no convolution", layer)
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
        case .upsample, .concatenation, .stack, .rows: return try lowerRearrangement(layer)
        case .detections(let parameters): return [try lowerDetections(layer, parameters, index: index)]
        }
    }

    func unsupported(_ reason: String, _ layer: IntegerLayer) -> GraphError {
        .unsupported(reason, at: layer.node, of: graph)
    }

    /// How the bytes of a value stand for numbers.
    func quantization(of value: Graph.Value) throws(GraphError) -> Quantization {
        guard let quantization = graph[value].quantization else {
            throw .unsupported("bytes made of numbers", at: value.index, of: graph)
        }
        return quantization
    }

    /// How far a layer may read behind the end of its input.
    ///
    /// The smallest tile is a vector of bytes wide; the pixels that there are not lie as far apart as those that there
    /// are. From each of them a depthwise convolution takes whole steps, which may be longer than the window.
    private static func slack(behind layer: IntegerLayer, for kernels: IntegerKernelTable) -> Int {
        let tooMany = kernels.smallestTile - 1
        let lanes = IntegerAssignment.lanes
        return switch layer.kind {
        case .convolution(let kernel): tooMany * kernel.horizontalStride * lanes + kernels.group
        case .depthwise(let kernel):
            (tooMany * kernel.horizontalStride + kernels.group + kernels.depthwisePhases) * lanes
        default: tooMany * lanes
        }
    }

    /// Bytes that a layer needs only while it runs.
    private static func scratchSize(
        of layer: IntegerLayer, isFirst: Bool, in graph: Graph, for kernels: IntegerKernelTable
    ) -> Int {
        let input = graph[layer.inputs[0]].shape
        let output = graph[layer.output].shape
        switch layer.kind {
        case .convolution(let kernel):
            let stretches = isFirst ? kernel.height : (input.channels + 15) / 16 * kernel.count
            let length = isFirst ? kernel.width * ImageLayout.channels + 1 : 16
            return convolutionScratch(windowBytes: stretches * length * 2, pixels: output.pixels, kernels)
        case .globalAveragePool:
            return (input.channels + 15) / 16 * 16 * MemoryLayout<Int32>.size
        case .detections:
            return layer.inputs.reduce(0) { $0 + graph[$1].shape.count } * MemoryLayout<Float>.size
        default:
            return 0
        }
    }

    /// Bytes that a convolution needs for what it reads, widened, or for the sums of what it reads.
    private static func convolutionScratch(windowBytes: Int, pixels: Int, _ kernels: IntegerKernelTable) -> Int {
        // Half of a 512 KiB second-level cache.
        let most = 256 * 1024
        guard kernels.widens else {
            return (min(pixels, most / 64) + 2 * kernels.tileRows + 4) * MemoryLayout<Int32>.size
        }
        let tiles = max(min(most / windowBytes, pixels + kernels.tileRows) / kernels.tileRows, 1)
        return tiles * kernels.tileRows * windowBytes
    }
}
