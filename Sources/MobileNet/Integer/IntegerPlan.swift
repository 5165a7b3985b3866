import KernelInterface
import Kernels

/// Execution plan of a quantized model. Part of ``Plan``.
struct IntegerPlan: Sendable {
    let kernels: IntegerKernelTable
    let constants: AlignedMemory<UInt8>
    let bindings: [IntegerLowering.Binding]
    /// Work of the layer that each binding belongs to.
    let costs: [StepCost]
    let image: ImageLayout
    /// Lookup tables that normalize and quantize an image, `[3][256]`: one for each channel of the input.
    let imageTables: [UInt8]
    /// Whether the lookup tables and the order of the channels change nothing.
    let copiesImages: Bool
    /// Zero point of the image, for the padding around it.
    let imageZeroPoint: UInt8
    /// Scale and zero point of the image.
    let imageQuantization: Quantization
    /// Size of a session's workspace in bytes.
    let workspaceSize: Int
    /// Output of the network.
    let output: Output
    /// Buffer of the feature vector, with its scale and zero point; `nil` if the network has none.
    let features: (buffer: Buffer, quantization: Quantization)?
    /// Buffers of the values that can be read when the network has run.
    let kept: [Graph.Value: (buffer: Buffer, quantization: Quantization)]

    /// Type of the output.
    enum Output {
        /// Quantized output in a buffer.
        case quantized(Buffer, Quantization)
        /// Float32 output.
        case float
    }

    /// Offset of the float32 or dequantized output in the workspace, in bytes.
    let floatOutput: Int
    /// Size of the scratch memory of each further thread, in bytes.
    let scratchSize: Int
    /// Ranges of the workspace that buffers use, in bytes, each including the slack behind it.
    let ranges: [Range<Int>]
    /// Bytes behind a buffer, and behind the image, that loops may read without using them.
    let slack: Int
    /// Allocator of the sessions.
    let memory: MemorySource

    /// - Parameter kept: values that can be read when the network has run, as far as layers store them.
    /// - Throws: ``WeightsError`` if the weights do not fit, ``GraphError`` for a layer that the engine does not support.
    init(
        graph: Graph, weights: Weights, normalization: InputNormalization, instructionSet: InstructionSet,
        memory: MemorySource, keeping kept: Set<Graph.Value> = []
    ) throws {
        self.memory = memory
        kernels = .kernels(for: instructionSet)
        let fusion = try IntegerFusion(graph, weights: weights)
        let lowering = try IntegerLowering(
            fusion, of: graph, weights: weights, for: kernels, memory: memory, keeping: kept)
        guard let image = lowering.image, let quantization = graph[fusion.image].quantization else {
            throw GraphError.unsupported("a network that does not read an image", at: graph.output.index, of: graph)
        }
        self.image = image
        imageQuantization = quantization
        imageZeroPoint = UInt8(quantization.zeroPoint)
        imageTables = Self.tables(normalization, quantization)
        copiesImages = normalization.colours == .rgb && imageTables == Self.identityTables
        let assignment = lowering.assignment
        if let buffer = assignment.buffers[fusion.output], let quantization = graph[fusion.output].quantization {
            output = .quantized(buffer, quantization)
        } else if assignment.floats[fusion.output] != nil {
            output = .float
        } else {
            throw GraphError.unsupported("the image as the output", at: graph.output.index, of: graph)
        }
        features = fusion.features.flatMap { value in
            guard let buffer = assignment.buffers[value], let quantization = graph[value].quantization else {
                return nil
            }
            return (buffer, quantization)
        }
        self.kept = Dictionary(
            uniqueKeysWithValues: kept.compactMap { value in
                guard let buffer = assignment.buffers[value], let quantization = graph[value].quantization else {
                    return nil
                }
                return (value, (buffer, quantization))
            })
        floatOutput = assignment.floatOutput
        workspaceSize = assignment.workspaceSize
        let line = AlignedMemory<UInt8>.alignment
        scratchSize = ((assignment.scratchSizes.values.max() ?? 0) + line - 1) / line * line
        ranges = assignment.ranges
        slack = lowering.slack
        bindings = lowering.bindings
        let layers = assignment.layers.map { StepCost(layer: LayerCost($0, of: graph)) }
        costs = lowering.owners.map { layers[$0] }
        constants = lowering.constants.build(from: memory)
    }

    private static let identityTables = (0..<3 * 256).map { UInt8($0 % 256) }

    private static func tables(_ normalization: InputNormalization, _ quantization: Quantization) -> [UInt8] {
        let (mean, standardDeviation) = (normalization.mean, normalization.standardDeviation)
        return [(mean.0, standardDeviation.0), (mean.1, standardDeviation.1), (mean.2, standardDeviation.2)].flatMap {
            mean, standardDeviation in
            (0..<256).map { quantization.quantized((Float($0) - mean) / standardDeviation) }
        }
    }
}

/// Collects the constants of a quantized plan in contiguous memory: weights, channel parameters, tables.
struct IntegerConstants {
    /// Offset in the memory, in bytes.
    typealias Position = Int

    private var bytes: [UInt8] = []
    private var offsetTables: [[Int32]: Position] = [:]

    /// Adds values at the start of a cache line.
    mutating func add<Element: BitwiseCopyable>(_ values: [Element]) -> Position {
        let line = AlignedMemory<UInt8>.alignment
        bytes.append(contentsOf: repeatElement(0, count: (line - bytes.count % line) % line))
        let position = bytes.count
        values.withUnsafeBytes { bytes.append(contentsOf: $0) }
        return position
    }

    /// Adds a table of offsets. Layers with equal tables share one.
    mutating func add(offsets: [Int32]) -> Position {
        if let position = offsetTables[offsets] { return position }
        let position = add(offsets)
        offsetTables[offsets] = position
        return position
    }

    /// Adds the offset of each pixel of a buffer from the first pixel of its block, in row-major order.
    mutating func addOffsets(of buffer: Buffer) -> Position {
        var offsets: [Int32] = []
        offsets.reserveCapacity(buffer.shape.pixels)
        for row in 0..<buffer.shape.height {
            for column in 0..<buffer.shape.width {
                offsets.append(Int32(row * buffer.rowStride + column * buffer.lanes))
            }
        }
        return add(offsets: offsets)
    }

    /// Allocates the memory and copies the constants to it. Loops may read one vector behind its end.
    func build(from source: MemorySource) -> AlignedMemory<UInt8> {
        let memory = AlignedMemory<UInt8>(zeroed: bytes.count + AlignedMemory<UInt8>.alignment, from: source)
        bytes.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { memory.base.update(from: base, count: source.count) }
        }
        return memory
    }
}
