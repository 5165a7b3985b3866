/// Layer of a float network that becomes one layer of a quantized network: batch normalizations are folded, and every
/// layer with weights has a bias.
struct QuantizationStage {
    /// Source of the scale and zero point of the output.
    enum Scale: Equatable {
        /// The range of a value of the float network.
        case observed(Graph.Value)
        /// The output of a function with a known range.
        case fixed(Quantization)
        /// That of the input: the layer only selects or averages values.
        case input
        /// The output is float32.
        case float
    }

    /// Index of the node in the float network. Error messages use its name.
    let node: Int
    let layer: Layer
    /// Value of the float network that the stage computes.
    let output: Graph.Value
    /// Values of the float network that it reads.
    let inputs: [Graph.Value]
    /// Folded weights; `nil` for a layer without weights.
    let weights: FoldedWeights?
    var scale: Scale
}

/// Stages of a float network in execution order.
struct QuantizationStages {
    private(set) var stages: [QuantizationStage] = []
    private let graph: Graph
    private let weights: Weights
    private let users: [[Int]]
    private var absorbed: Set<Int> = []
    /// Values that stand for others, as the outputs of linear activations.
    private var aliases: [Graph.Value: Graph.Value] = [:]

    /// - Throws: ``WeightsError`` if the weights do not fit, ``GraphError`` for a layer that cannot be quantized.
    init(of graph: Graph, weights: Weights) throws {
        self.graph = graph
        self.weights = weights
        users = graph.users()
        for index in graph.nodes.indices.dropFirst() where !absorbed.contains(index) { try visit(index) }
        shareScales()
    }

    /// Values of the float network whose ranges are needed.
    var observed: Set<Graph.Value> {
        var values: Set<Graph.Value> = []
        for stage in stages { if case .observed(let value) = stage.scale { values.insert(value) } }
        return values
    }

    private mutating func visit(_ index: Int) throws {
        let node = graph.nodes[index]
        let output = Graph.Value(index: index)
        switch node.layer {
        case .convolution(let outputs, let kernel, _):
            try append(.convolution(outputs: outputs, kernel: kernel, bias: true), index)
        case .depthwise(let kernel, _):
            try append(.depthwise(kernel: kernel, bias: true), index)
        case .dense:
            try append(node.layer, index)
        case .normalization(let epsilon):
            var identity = FoldedWeights(identity: node.shape.channels)
            try identity.fold(node, epsilon: epsilon, from: weights)
            append(.depthwise(kernel: .pixel, bias: true), index, output, identity, .observed(output))
        case .activation(.linear):
            aliases[output] = resolved(node.inputs[0])
        case .activation(let activation) where activation == .sigmoid || activation == .hardSigmoid:
            append(node.layer, index, output, nil, .fixed(Quantization(scale: 1 / 255, zeroPoint: 0)))
        case .softmax:
            append(node.layer, index, output, nil, .fixed(Quantization(scale: 1 / 256, zeroPoint: 0)))
        case .activation, .add, .multiply, .globalAveragePool, .concatenation, .rowConcatenation:
            append(node.layer, index, output, nil, .observed(output))
        case .averagePool, .maxPool, .upsample, .reshape:
            append(node.layer, index, output, nil, .input)
        case .detections:
            append(node.layer, index, output, nil, .float)
        case .transposedConvolution, .quantize, .dequantize, .input:
            throw GraphError.unsupported("\(node.layer.typeName) in a network that is quantized", at: index, of: graph)
        }
    }

    private mutating func append(
        _ layer: Layer, _ index: Int, _ output: Graph.Value, _ weights: FoldedWeights?, _ scale: QuantizationStage.Scale
    ) {
        stages.append(
            QuantizationStage(
                node: index, layer: layer, output: output, inputs: graph.nodes[index].inputs.map(resolved),
                weights: weights, scale: scale))
    }

    /// Appends a layer with weights, with the batch normalizations behind it.
    private mutating func append(_ layer: Layer, _ index: Int) throws {
        var folded = try FoldedWeights(of: graph.nodes[index], in: weights)
        var output = Graph.Value(index: index)
        while let next = onlyUser(of: output), case .normalization(let epsilon) = graph.nodes[next].layer {
            try folded.fold(graph.nodes[next], epsilon: epsilon, from: weights)
            absorbed.insert(next)
            output = Graph.Value(index: next)
        }
        append(layer, index, output, folded, .observed(output))
    }

    /// Gives a layer before a rectifier the scale of the rectifier's output: the rectifier becomes a bound of its output.
    private mutating func shareScales() {
        for index in stages.indices {
            guard case .observed = stages[index].scale, stages[index].takesBounds,
                let next = onlyUser(of: stages[index].output),
                case .activation(let activation) = graph.nodes[next].layer, [.relu, .relu6].contains(activation)
            else { continue }
            stages[index].scale = .observed(Graph.Value(index: next))
        }
    }

    private func resolved(_ value: Graph.Value) -> Graph.Value { aliases[value] ?? value }

    private func onlyUser(of value: Graph.Value) -> Int? {
        users[value.index].count == 1 ? users[value.index][0] : nil
    }
}

extension QuantizationStage {
    /// Whether a rectifier behind it becomes a bound of its output. See ``IntegerFusion``.
    fileprivate var takesBounds: Bool {
        switch layer {
        case .convolution, .depthwise, .dense, .add, .multiply: true
        case .input, .transposedConvolution, .normalization, .activation, .globalAveragePool, .averagePool, .maxPool,
            .upsample, .concatenation, .reshape, .rowConcatenation, .softmax, .quantize, .dequantize, .detections:
            false
        }
    }
}
