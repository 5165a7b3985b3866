/// A node of a quantised graph, with what it takes along, as one kernel computes it.
struct IntegerLayer {
    enum Kind {
        case convolution(KernelGeometry)
        case depthwise(KernelGeometry)
        case add
        case multiply
        /// A function of single bytes.
        case lookup(ByteTable)
        case globalAveragePool
        case pool(KernelGeometry, isMaximum: Bool)
        case softmax
        case upsample(factor: Int)
        /// Tensors put together: along the channels, or one below the other.
        case concatenation
        case stack
        case rows(Int)
        /// Boxes, which are numbers and no bytes.
        case detections(DetectionParameters)
    }

    var kind: Kind
    /// The node that it starts with, whose name error messages use and whose parameters it has.
    var node: Int
    var inputs: [Graph.Value]
    /// What it computes: the value of the last node that it includes.
    var output: Graph.Value
    /// The activation that it takes along.
    var bounds = ActivationBounds()
}

extension GraphError {
    /// A layer that the engine lacks.
    static func unsupported(_ reason: String, at index: Int, of graph: Graph) -> GraphError {
        GraphError(layer: graph.nodes[index].name, index: index, reason: "not supported: \(reason)")
    }
}
