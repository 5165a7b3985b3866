import Kernels

/// A network that computes with numbers, made ready for one instruction set. See ``Plan``, whose part it is.
struct FloatPlan: Sendable {
    let kernels: KernelTable
    let constants: Constants
    let bindings: [Lowering.Binding]
    let image: ImageLayout
    /// The size of a session's workspace, in floats.
    let workspaceSize: Int
    /// The parts of the workspace that buffers use, in floats.
    let stretches: [Range<Int>]
    /// Where the output lies in the workspace.
    let output: Buffer
    /// Where sessions get their memory.
    let memory: MemorySource

    /// - Throws: ``WeightsError`` if the weights do not fit, ``GraphError`` for a layer that the engine lacks.
    init(graph: Graph, weights: Weights, instructionSet: InstructionSet, memory: MemorySource) throws {
        self.memory = memory
        kernels = .kernels(for: instructionSet)
        let fused = try Fusion.layers(of: graph, weights: weights)
        try Self.check(fused, graph)
        let assignment = BufferAssignment(fused, of: graph, for: kernels, memory: memory)
        guard assignment.workspaceSize <= Int32.max else {
            throw GraphError(
                layer: graph[graph.output].name, index: graph.output.index,
                reason: "not supported: buffers of more than 8 GiB")
        }
        let lowering = try Lowering(assignment, of: graph, for: kernels)
        let outputNode = graph[graph.output]
        guard let image = lowering.image else {
            throw GraphError(
                layer: outputNode.name, index: graph.output.index,
                reason: "not supported: a network that does not look at an image")
        }
        self.image = image
        constants = lowering.constants.build(from: memory)
        bindings = lowering.bindings
        workspaceSize = assignment.workspaceSize
        stretches = assignment.stretches
        output = assignment[graph.output]
    }

    /// The image lies in memory in its own way: only convolutions can read it.
    private static func check(_ layers: [FusedLayer], _ graph: Graph) throws(GraphError) {
        for layer in layers where layer.reads.dropFirst().contains(graph.input) {
            throw GraphError(
                layer: graph.nodes[layer.node].name, index: layer.node,
                reason: "not supported: the image as a second input")
        }
    }
}
