/// Work of a fused layer: what it computes, and the memory that it reads and writes.
struct LayerCost: Sendable {
    /// Name of the first layer in the graph.
    let name: String
    /// Shape of the first input.
    let input: Shape
    /// Shape of the output.
    let output: Shape
    /// Kernel of a convolution, depthwise convolution or pooling.
    let geometry: KernelGeometry?
    /// Multiply-adds for one image.
    let multiplyAdds: Int
    /// Bytes of all inputs, outputs and weights, each counted once.
    let bytes: Int
}

/// Work of a step of calls.
struct StepCost: Sendable {
    /// Convolution that computes the input of ``layer`` in the same step.
    var expansion: LayerCost?
    var layer: LayerCost
}

extension StepCost {
    init(_ layer: FusedLayer, _ assignment: BufferAssignment, of graph: Graph) {
        expansion = layer.expansion.first.map { LayerCost($0, assignment, of: graph) }
        self.layer = LayerCost(layer, assignment, of: graph)
    }
}

extension LayerCost {
    init(_ layer: FusedLayer, _ assignment: BufferAssignment, of graph: Graph) {
        func shape(_ value: Graph.Value) -> Shape { assignment.buffers[value]?.shape ?? graph[value].shape }
        let node = graph.nodes[layer.node]
        name = node.name
        input = shape(layer.input)
        output = shape(layer.output)
        geometry =
            switch layer.kind {
            case .convolution(let kernel), .depthwise(let kernel), .transposedConvolution(let kernel),
                .pool(let kernel, _):
                kernel
            case .dense, .mean, .elementwise, .general: nil
            }
        multiplyAdds = layer.weights == nil ? 0 : node.multiplyAdds
        let inputs = [layer.input] + [layer.second, layer.residual, layer.gate].compactMap { $0 } + layer.others
        let tensors = (inputs + layer.writes).reduce(0) { $0 + shape($1).count }
        let weights = layer.weights.map { $0.weight.count + $0.bias.count } ?? 0
        bytes = (tensors + weights) * MemoryLayout<Float>.size
    }

    init(_ layer: IntegerLayer, of graph: Graph) {
        let node = graph.nodes[layer.node]
        name = node.name
        input = graph[layer.inputs[0]].shape
        output = graph[layer.output].shape
        var hasWeights = false
        switch layer.kind {
        case .convolution(let kernel), .depthwise(let kernel):
            geometry = kernel
            hasWeights = true
        case .pool(let kernel, _):
            geometry = kernel
        case .add, .multiply, .lookup, .globalAveragePool, .softmax, .upsample, .concatenation, .reshape,
            .detections:
            geometry = nil
        }
        multiplyAdds = hasWeights ? node.multiplyAdds : 0
        let weights = hasWeights ? node.parameters.reduce(0) { $0 + $1.count } : 0
        bytes = layer.inputs.reduce(weights + output.count) { $0 + graph[$1].shape.count }
    }
}
