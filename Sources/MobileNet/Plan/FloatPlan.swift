import KernelInterface
import Kernels

/// Execution plan of a float model. Part of ``Plan``.
struct FloatPlan: Sendable {
    let kernels: KernelTable
    let constants: Constants
    let bindings: [Lowering.StepBinding]
    /// Work of the layer that each binding belongs to.
    let costs: [StepCost]
    let image: ImageLayout
    /// Size of a session's workspace in floats.
    let workspaceSize: Int
    /// Size of the scratch memory of each further thread, in floats.
    let scratchSize: Int
    /// Ranges of the workspace that buffers use, in floats.
    let ranges: [Range<Int>]
    /// Buffer of the output in the workspace.
    let output: Buffer
    /// Buffer of the feature vector in the workspace; `nil` if the network has none.
    let features: Buffer?
    /// Buffers of the values that can be read when the network has run.
    let kept: [Graph.Value: Buffer]
    /// Allocator of the sessions.
    let memory: MemorySource

    /// - Parameter kept: values that can be read when the network has run.
    /// - Throws: ``WeightsError`` if the weights do not fit, ``GraphError`` for a layer that the engine does not support.
    init(
        graph: Graph, weights: Weights, instructionSet: InstructionSet, memory: MemorySource,
        keeping kept: Set<Graph.Value> = []
    ) throws {
        self.memory = memory
        kernels = .kernels(for: instructionSet)
        let fused = try Fusion.layers(of: graph, weights: weights, keeping: kept)
        try Self.check(fused, graph)
        let vector = try? graph.featureVector()
        let assignment = BufferAssignment(
            fused, of: graph, features: vector, keeping: kept, for: kernels, memory: memory)
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
                reason: "not supported: a network that does not read an image")
        }
        self.image = image
        constants = lowering.constants.build(from: memory)
        bindings = lowering.bindings
        let layers = assignment.layers.map { StepCost($0, assignment, of: graph) }
        costs = lowering.owners.map { layers[$0] }
        workspaceSize = assignment.workspaceSize
        scratchSize = assignment.scratchSize
        ranges = assignment.ranges
        output = assignment[graph.output]
        features = vector.flatMap { assignment.buffers[$0] }
        self.kept = assignment.buffers.filter { kept.contains($0.key) }
    }

    /// Checks that only convolutions read the input image, whose layout differs from that of the other values.
    private static func check(_ layers: [FusedLayer], _ graph: Graph) throws(GraphError) {
        for layer in layers where layer.reads.dropFirst().contains(graph.input) {
            throw GraphError(
                layer: graph.nodes[layer.node].name, index: layer.node,
                reason: "not supported: the image as a second input")
        }
    }
}
