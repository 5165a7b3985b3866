/// Fuses the nodes of a graph to layers.
///
/// It matches the patterns of the MobileNet family in any graph:
///
/// - a batch normalization is folded into the weights of the convolution before it;
/// - an activation, and a sum with another value (residual), become part of the convolution before them;
/// - a global average pooling is computed while the depthwise convolution before it writes its output;
/// - a factor for each channel (squeeze-and-excitation) is multiplied into the weights of the 1×1 convolution behind it.
///
/// A node that matches no pattern becomes a layer of its own.
struct Fusion {
    private let graph: Graph
    private let weights: Weights
    private let users: [[Int]]
    /// Values that have to be stored.
    private let kept: Set<Graph.Value>
    /// Nodes that are part of an earlier layer.
    private var absorbed: Set<Int> = []
    /// Multiplications that are left to the convolution behind them: their values and operands.
    private var gated: [Graph.Value: (input: Graph.Value, gate: Graph.Value)] = [:]
    private var layers: [FusedLayer] = []

    /// Returns the fused layers in execution order.
    ///
    /// - Parameter kept: values that have to be stored.
    /// - Throws: ``WeightsError`` if the weights do not fit, ``GraphError`` for a layer that the engine does not support.
    static func layers(
        of graph: Graph, weights: Weights, keeping kept: Set<Graph.Value> = []
    ) throws -> [FusedLayer] {
        var fusion = Fusion(graph: graph, weights: weights, kept: kept)
        for index in graph.nodes.indices where !fusion.absorbed.contains(index) {
            try fusion.visit(index)
        }
        return fusion.layers
    }

    private init(graph: Graph, weights: Weights, kept: Set<Graph.Value>) {
        self.graph = graph
        self.weights = weights
        self.kept = kept
        users = graph.users()
    }

    private mutating func visit(_ index: Int) throws {
        let node = graph.nodes[index]
        switch node.layer {
        case .input:
            return
        case .convolution(_, let kernel, _):
            // On a vector, a 1×1 convolution is a fully connected layer.
            try append(kernel.isPixel && node.inputShape.isVector ? .dense : .convolution(kernel), index)
        case .depthwise(let kernel, _):
            try append(.depthwise(kernel), index)
        case .dense:
            try append(.dense, index)
        case .globalAveragePool:
            try append(.mean, index)
        case .activation(let activation):
            try append(.elementwise(.copy), index) { $0.activation = activation }
        case .add:
            try append(.elementwise(hasVector(node) ? .addChannels : .add), index)
        case .multiply where isGate(index):
            gated[Graph.Value(index: index)] = (node.inputs[0], node.inputs[1])
        case .multiply:
            try append(.elementwise(hasVector(node) ? .scaleChannels : .multiply), index)
        case .normalization(let epsilon):
            // Folded into a depthwise convolution with a 1×1 kernel.
            var identity = FoldedWeights(identity: node.shape.channels)
            try identity.fold(node, epsilon: epsilon, from: weights)
            try append(.depthwise(.pixel), index) { $0.weights = identity }
        case .transposedConvolution(_, let kernel, _):
            try append(.transposedConvolution(kernel), index)
        case .averagePool(let kernel):
            try append(.pool(kernel, isMaximum: false), index)
        case .maxPool(let kernel):
            try append(.pool(kernel, isMaximum: true), index)
        case .upsample(let factor):
            try append(general: .upsample(factor: factor), index)
        case .concatenation:
            try append(general: .concatenation(.channels), index)
        case .rowConcatenation:
            try append(general: .concatenation(.height), index)
        case .reshape:
            try append(general: .reshape, index)
        case .softmax:
            try append(general: .softmax, index)
        case .detections(let parameters):
            try append(general: .detections(parameters), index)
        case .quantize, .dequantize:
            throw unsupported(index, "quantization in a float model")
        }
    }

    private mutating func append(general kind: FusedLayer.General, _ index: Int) throws {
        let node = graph.nodes[index]
        let anchors = try node.parameters.first.map { try weights.values(of: $0) } ?? []
        try append(.general(kind), index) { layer in
            layer.second = nil
            layer.others = Array(node.inputs.dropFirst())
            layer.anchors = anchors
        }
    }

    /// Whether the second operand is a vector with one value for each channel of the first.
    private func hasVector(_ node: Graph.Node) -> Bool {
        graph[node.inputs[0]].shape != graph[node.inputs[1]].shape
    }

    /// Appends the layer that starts at a node, fused with as many of the nodes behind it as possible.
    private mutating func append(
        _ kind: FusedLayer.Kind, _ index: Int, configure: (inout FusedLayer) -> Void = { _ in }
    ) throws {
        let node = graph.nodes[index]
        var layer = FusedLayer(
            kind: kind, node: index, input: node.inputs[0],
            second: node.inputs.dropFirst().first, output: Graph.Value(index: index))
        configure(&layer)
        if let product = gated[layer.input] {
            layer.input = product.input
            layer.gate = product.gate
        }
        if layer.weights == nil, layer.anchors.isEmpty, !node.parameters.isEmpty {
            layer.weights = try FoldedWeights(of: node, in: weights)
        }
        while let next = onlyUser(of: layer.output), try absorb(next, into: &layer) {
            absorbed.insert(next)
            layer.output = Graph.Value(index: next)
        }
        gatherMeans(in: &layer)
        layers.append(layer)
    }

    /// Fuses a node into the layer before it, and returns whether that is possible.
    private func absorb(_ index: Int, into layer: inout FusedLayer) throws -> Bool {
        let node = graph.nodes[index]
        guard layer.activation == .linear else { return false }
        if case .activation(let activation) = node.layer {
            guard layer.kind.takesActivation else { return false }
            layer.activation = activation
            return true
        }
        guard layer.residual == nil else { return false }
        if case .normalization(let epsilon) = node.layer {
            guard layer.weights != nil else { return false }
            try layer.weights?.fold(node, epsilon: epsilon, from: weights)
            return true
        }
        guard node.layer == .add, case .convolution(let kernel) = layer.kind, kernel.isPixel else { return false }
        let other = node.inputs[0] == layer.output ? node.inputs[1] : node.inputs[0]
        guard graph[other].shape == node.shape else { return false }
        // The other operand has to be computed before this layer runs, and it has to be stored.
        guard other.index < layer.node, gated[other] == nil else { return false }
        layer.residual = other
        return true
    }

    /// Fuses a global average pooling into the depthwise convolution before it.
    private mutating func gatherMeans(in layer: inout FusedLayer) {
        guard case .depthwise = layer.kind else { return }
        for user in users[layer.output.index] where graph.nodes[user].layer == .globalAveragePool {
            guard layer.channelMeans == nil else { return }
            layer.channelMeans = Graph.Value(index: user)
            absorbed.insert(user)
        }
    }

    /// Whether a multiplication can be fused into the weights of the 1×1 convolution behind it.
    private func isGate(_ index: Int) -> Bool {
        let node = graph.nodes[index]
        guard graph[node.inputs[1]].shape.isVector, !node.shape.isVector,
            let next = onlyUser(of: Graph.Value(index: index)),
            case .convolution(_, let kernel, _) = graph.nodes[next].layer, kernel.isPixel
        else { return false }
        return true
    }

    private func onlyUser(of value: Graph.Value) -> Int? {
        users[value.index].count == 1 && !kept.contains(value) ? users[value.index][0] : nil
    }

    private func unsupported(_ index: Int, _ reason: String) -> GraphError {
        GraphError(layer: graph.nodes[index].name, index: index, reason: "not supported: \(reason)")
    }
}
