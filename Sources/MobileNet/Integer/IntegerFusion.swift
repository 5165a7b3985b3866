import KernelInterface

/// Fuses the nodes of a quantized graph to layers for the integer kernels.
///
/// - `relu` and `relu6` behind a layer become bounds of its output;
/// - `hardSwish` behind a convolution becomes part of it, if sums need not be rounded in between;
/// - consecutive elementwise functions become one lookup table;
/// - the quantization of the image becomes part of the lookup tables that load images;
/// - a dequantization is left to the reader of its value: the detection post-processing or the session.
struct IntegerFusion {
    private(set) var layers: [IntegerLayer] = []
    /// Quantized image that the layers read.
    private(set) var image: Graph.Value
    /// Value that is the output: quantized, or float32 detections.
    private(set) var output: Graph.Value
    /// Quantized value that the classifier reads; `nil` if the network has none.
    private(set) var features: Graph.Value?

    private let graph: Graph
    private let weights: Weights
    private let users: [[Int]]
    private var absorbed: Set<Int> = []
    /// Dequantized values, with the quantized values that they stand for.
    private var aliases: [Graph.Value: Graph.Value] = [:]

    /// - Throws: ``GraphError`` for a layer that the engine does not support, ``WeightsError`` if the weights do not fit.
    init(_ graph: Graph, weights: Weights) throws {
        self.graph = graph
        self.weights = weights
        users = graph.users()
        image = graph.input
        output = graph.output
        try fuseImage()
        for index in graph.nodes.indices where !absorbed.contains(index) { try visit(index) }
        output = resolved(graph.output)
        features = (try? graph.featureVector()).map(resolved)
    }

    /// Fuses the quantization of a float32 image into the loading of images.
    private mutating func fuseImage() throws(GraphError) {
        absorbed.insert(0)
        guard graph[image].quantization == nil else { return }
        guard let next = onlyUser(of: image), graph.nodes[next].layer == .quantize else {
            throw GraphError.unsupported("a float32 image before quantized layers", at: 0, of: graph)
        }
        absorbed.insert(next)
        image = Graph.Value(index: next)
    }

    /// Returns the quantized value that a value stands for.
    private func resolved(_ value: Graph.Value) -> Graph.Value { aliases[value].map(resolved) ?? value }

    private mutating func visit(_ index: Int) throws {
        let node = graph.nodes[index]
        switch node.layer {
        case .dequantize:
            aliases[Graph.Value(index: index)] = node.inputs[0]
        case .detections(let parameters):
            try append(.detections(parameters), index)
        case .softmax where node.quantization == nil, .activation where node.quantization == nil:
            throw GraphError.unsupported("float layers behind quantized layers", at: index, of: graph)
        case .input, .convolution, .depthwise, .transposedConvolution, .dense, .normalization, .activation, .add,
            .multiply, .globalAveragePool, .averagePool, .maxPool, .upsample, .concatenation, .reshape,
            .rowConcatenation, .softmax, .quantize:
            guard node.quantization != nil else {
                throw GraphError.unsupported("a float layer among quantized layers", at: index, of: graph)
            }
            try visitQuantized(index)
        }
    }

    private mutating func visitQuantized(_ index: Int) throws {
        let node = graph.nodes[index]
        switch node.layer {
        case .convolution(_, let kernel, _): try append(.convolution(kernel), index)
        case .depthwise(let kernel, _): try append(.depthwise(kernel), index)
        case .dense: try append(.convolution(.pixel), index)
        case .add: try append(.add, index)
        case .multiply: try append(.multiply, index)
        case .activation(let activation):
            try append(.lookup(LookupTable(activation, from: try source(of: index), to: try target(of: index))), index)
        case .quantize:
            try append(.lookup(LookupTable(from: try source(of: index), to: try target(of: index))), index)
        case .globalAveragePool: try append(.globalAveragePool, index)
        case .averagePool(let kernel): try append(.pool(kernel, isMaximum: false), index)
        case .maxPool(let kernel): try append(.pool(kernel, isMaximum: true), index)
        case .softmax: try append(.softmax, index)
        case .upsample(let factor): try append(.upsample(factor: factor), index)
        case .concatenation: try append(.concatenation(.channels), index)
        case .rowConcatenation: try append(.concatenation(.height), index)
        case .reshape: try append(.reshape, index)
        case .transposedConvolution:
            throw GraphError.unsupported("a quantized transposed convolution", at: index, of: graph)
        case .normalization(let epsilon): try append(.lookup(try affineTable(index, epsilon: epsilon)), index)
        case .input, .dequantize, .detections: return
        }
    }

    /// Returns the lookup table of a batch normalization whose channels are all alike: an addition of or a multiplication
    /// by a constant.
    private func affineTable(_ index: Int, epsilon: Float) throws -> LookupTable {
        var parts: [Float] = []
        for parameter in graph.nodes[index].parameters {
            let values = try weights.values(of: parameter)
            guard let first = values.first, values.allSatisfy({ $0 == first }) else {
                throw GraphError.unsupported("a quantized layer with a factor for each channel", at: index, of: graph)
            }
            parts.append(first)
        }
        guard parts[3] + epsilon > 0 else {
            throw WeightsError.negativeVariance(graph.nodes[index].parameters[3].name)
        }
        let factor = parts[0] / (parts[3] + epsilon).squareRoot()
        let summand = parts[1] - parts[2] * factor
        return LookupTable(from: try source(of: index), to: try target(of: index)) { $0 * factor + summand }
    }

    private func source(of index: Int) throws(GraphError) -> Quantization {
        try quantization(of: graph.nodes[index].inputs[0], for: index)
    }

    private func target(of index: Int) throws(GraphError) -> Quantization {
        try quantization(of: Graph.Value(index: index), for: index)
    }

    private func quantization(of value: Graph.Value, for index: Int) throws(GraphError) -> Quantization {
        guard let quantization = graph[resolved(value)].quantization else {
            throw GraphError.unsupported("a quantized layer that reads float32", at: index, of: graph)
        }
        return quantization
    }

    /// Appends the layer that starts at a node, fused with as many of the nodes behind it as possible.
    private mutating func append(_ kind: IntegerLayer.Kind, _ index: Int) throws {
        let inputs = graph.nodes[index].inputs.map(resolved)
        for input in inputs where graph[input].quantization == nil && input != image {
            throw GraphError.unsupported("a quantized layer that reads float32", at: index, of: graph)
        }
        var layer = IntegerLayer(kind: kind, node: index, inputs: inputs, output: Graph.Value(index: index))
        while let next = onlyUser(of: layer.output), try absorb(next, into: &layer) {
            absorbed.insert(next)
            layer.output = Graph.Value(index: next)
        }
        layers.append(layer)
    }

    /// Fuses a node into the layer before it, and returns whether that is possible.
    private func absorb(_ index: Int, into layer: inout IntegerLayer) throws -> Bool {
        let node = graph.nodes[index]
        guard let quantization = node.quantization, let before = graph[layer.output].quantization,
            layer.function == .linear
        else { return false }
        switch (layer.kind, node.layer) {
        case (.convolution, .activation(.hardSwish)) where graph.requantization == .float32,
            (.depthwise, .activation(.hardSwish)) where graph.requantization == .float32:
            guard layer.bounds == ActivationBounds() else { return false }
            layer.function = .hardSwish
            return true
        case (.convolution, .activation(let activation)), (.depthwise, .activation(let activation)),
            (.add, .activation(let activation)), (.multiply, .activation(let activation)):
            guard [.linear, .relu, .relu6].contains(activation), quantization == before else { return false }
            layer.bounds = layer.bounds.intersection(ActivationBounds(activation, quantization))
            return true
        case (.lookup(let table), .activation(let activation)):
            layer.kind = .lookup(table.then(LookupTable(activation, from: before, to: quantization)))
            return true
        case (.lookup(let table), .normalization(let epsilon)):
            layer.kind = .lookup(table.then(try affineTable(index, epsilon: epsilon)))
            return true
        case (.lookup(let table), .quantize):
            layer.kind = .lookup(table.then(LookupTable(from: before, to: quantization)))
            return true
        default:
            return false
        }
    }

    private func onlyUser(of value: Graph.Value) -> Int? {
        users[value.index].count == 1 ? users[value.index][0] : nil
    }
}
