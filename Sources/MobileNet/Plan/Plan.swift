import Kernels

/// A network, made ready for one instruction set: folded, fused, packed, and laid out in memory.
///
/// Making a plan is work; running it is not. A plan does not change, so any number of ``Session``s, on
/// any threads, share one.
public final class Plan: Sendable {
    /// The instruction set whose kernels it uses.
    public let instructionSet: InstructionSet
    /// Pixels of the input: three channels.
    public let inputShape: Shape
    /// Of what comes out.
    public let outputShape: Shape
    /// What it means.
    public let head: Head
    /// How pictures become the input.
    public let normalization: InputNormalization

    /// How many numbers come out.
    public var outputCount: Int { outputShape.count }

    let kernels: KernelTable
    let constants: Constants
    let bindings: [Lowering.Binding]
    let image: ImageLayout
    /// The size of a session's workspace, in floats.
    let workspaceSize: Int
    /// Where the output lies in the workspace.
    let output: Buffer

    /// - Parameters:
    ///   - graph: a network that looks at a picture.
    ///   - weights: its parameters (see ``Graph/parameters``).
    ///   - normalization: how pictures become the input.
    ///   - head: what the output means.
    ///   - instructionSet: one that this machine supports.
    /// - Throws: ``WeightsError`` if the weights do not fit, ``GraphError`` for a layer that the engine lacks.
    public init(
        graph: Graph, weights: Weights, normalization: InputNormalization, head: Head = Head(),
        instructionSet: InstructionSet
    ) throws {
        kernels = .kernels(for: instructionSet)
        let fused = try Fusion.layers(of: graph, weights: weights)
        try Self.check(fused, graph)
        let assignment = BufferAssignment(fused, of: graph, for: kernels)
        let lowering = try Lowering(assignment, of: graph, for: kernels)
        let outputNode = graph[graph.output]
        guard let image = lowering.image else {
            throw GraphError(
                layer: outputNode.name, index: graph.output.index,
                reason: "not supported: a network that does not look at a picture")
        }
        self.instructionSet = instructionSet
        self.normalization = normalization
        self.image = image
        inputShape = graph[graph.input].shape
        outputShape = outputNode.shape
        self.head = head
        constants = lowering.constants.build()
        bindings = lowering.bindings
        workspaceSize = assignment.workspaceSize
        output = assignment[graph.output]
    }

    /// The picture lies in memory in its own way: only convolutions can read it.
    private static func check(_ layers: [FusedLayer], _ graph: Graph) throws(GraphError) {
        for layer in layers where layer.reads.dropFirst().contains(graph.input) {
            throw GraphError(
                layer: graph.nodes[layer.node].name, index: layer.node,
                reason: "not supported: the picture as a second input")
        }
    }

    /// Bytes of packed weights, which all sessions share.
    public var constantBytes: Int { constants.floats.count * MemoryLayout<Float>.stride }

    /// Bytes that each session needs for itself.
    public var sessionBytes: Int { (workspaceSize + image.size) * MemoryLayout<Float>.stride }
}
