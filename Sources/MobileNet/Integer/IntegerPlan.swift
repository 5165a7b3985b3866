import Kernels

/// A quantised network, made ready for one instruction set. See ``Plan``, whose part it is.
struct IntegerPlan: Sendable {
    let kernels: IntegerKernelTable
    let constants: AlignedMemory<UInt8>
    let bindings: [IntegerLowering.Binding]
    let image: ImageLayout
    /// For each of the input's channels, the byte that each byte of an image becomes: 3 · 256.
    let pictureTables: [UInt8]
    /// Whether an image's bytes go in as they are.
    let takesPicturesAsTheyAre: Bool
    /// The byte that stands for the zeros around the image.
    let imageZeroPoint: UInt8
    /// How the image's bytes stand for numbers.
    let imageQuantization: Quantization
    /// The size of a session's workspace, in bytes.
    let workspaceSize: Int
    let output: Output

    /// Where the output lies in the workspace, and what it means.
    enum Output {
        /// Bytes, and the number that each of them stands for.
        case bytes(Buffer, Quantization)
        /// Numbers.
        case numbers
    }

    /// Where the numbers of the output lie in the workspace, in bytes.
    let numbers: Int
    /// The parts of the workspace that buffers use, in bytes, each with the slack behind it.
    let stretches: [Range<Int>]
    /// Bytes behind a buffer, and behind the image, that loops may read, and do not use.
    let slack: Int
    /// Where sessions get their memory.
    let memory: MemorySource

    /// - Throws: ``WeightsError`` if the weights do not fit, ``GraphError`` for a layer that the engine lacks.
    init(
        graph: Graph, weights: Weights, normalization: InputNormalization, instructionSet: InstructionSet,
        memory: MemorySource
    ) throws {
        self.memory = memory
        kernels = .kernels(for: instructionSet)
        let fusion = try IntegerFusion(graph, weights: weights)
        let lowering = try IntegerLowering(fusion, of: graph, weights: weights, for: kernels, memory: memory)
        guard let image = lowering.image, let quantization = graph[fusion.picture].quantization else {
            throw GraphError.unsupported("a network that does not read an image", at: graph.output.index, of: graph)
        }
        self.image = image
        imageQuantization = quantization
        imageZeroPoint = UInt8(quantization.zeroPoint)
        pictureTables = Self.tables(normalization, quantization)
        takesPicturesAsTheyAre = normalization.colours == .rgb && pictureTables == Self.identityTables
        let assignment = lowering.assignment
        if let buffer = assignment.buffers[fusion.output], let quantization = graph[fusion.output].quantization {
            output = .bytes(buffer, quantization)
        } else if assignment.numbers[fusion.output] != nil {
            output = .numbers
        } else {
            throw GraphError.unsupported("the image as the output", at: graph.output.index, of: graph)
        }
        numbers = assignment.outputNumbers
        workspaceSize = assignment.workspaceSize
        stretches = assignment.stretches
        slack = lowering.slack
        bindings = lowering.bindings
        constants = lowering.constants.build(from: memory)
    }

    private static let identityTables = (0..<3 * 256).map { UInt8($0 % 256) }

    private static func tables(_ normalization: InputNormalization, _ quantization: Quantization) -> [UInt8] {
        let (mean, standardDeviation) = (normalization.mean, normalization.standardDeviation)
        return [(mean.0, standardDeviation.0), (mean.1, standardDeviation.1), (mean.2, standardDeviation.2)].flatMap {
            mean, standardDeviation in
            (0..<256).map { quantization.byte(for: (Float($0) - mean) / standardDeviation) }
        }
    }
}
