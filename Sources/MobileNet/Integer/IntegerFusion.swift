import Kernels

/// Turns the nodes of a quantised graph into layers for the integer kernels.
///
/// - `relu` and `relu6` behind a layer become the bounds of its bytes;
/// - functions of single bytes that follow each other become one table;
/// - what is done to the image's bytes before anything else becomes the table by which images are loaded;
/// - a last layer that turns bytes into numbers is left to whoever reads the output.
struct IntegerFusion {
    private(set) var layers: [IntegerLayer] = []
    /// The value that holds the image's bytes for the layers.
    private(set) var picture: Graph.Value
    /// The value whose bytes, or numbers of boxes, are the output.
    private(set) var output: Graph.Value

    private let graph: Graph
    private let weights: Weights
    private let users: [[Int]]
    private var absorbed: Set<Int> = []
    /// Values that are the same bytes as others.
    private var aliases: [Graph.Value: Graph.Value] = [:]

    /// - Throws: ``GraphError`` for a layer that the engine lacks, ``WeightsError`` if the weights do not fit.
    init(_ graph: Graph, weights: Weights) throws {
        self.graph = graph
        self.weights = weights
        users = graph.users()
        picture = graph.input
        output = graph.output
        try takePicture()
        for index in graph.nodes.indices where !absorbed.contains(index) { try visit(index) }
        output = resolved(graph.output)
    }

    /// An image that is numbers at first, and then made bytes of, is bytes from the start.
    private mutating func takePicture() throws(GraphError) {
        absorbed.insert(0)
        guard graph[picture].quantization == nil else { return }
        guard let next = onlyUser(of: picture), graph.nodes[next].layer == .quantize else {
            throw GraphError.unsupported("an image of numbers before layers that compute with bytes", at: 0, of: graph)
        }
        absorbed.insert(next)
        picture = Graph.Value(index: next)
    }

    /// The value whose bytes a value's are.
    private func resolved(_ value: Graph.Value) -> Graph.Value { aliases[value].map(resolved) ?? value }

    private mutating func visit(_ index: Int) throws {
        let node = graph.nodes[index]
        switch node.layer {
        case .dequantize:
            aliases[Graph.Value(index: index)] = node.inputs[0]
        case .detections(let parameters):
            try append(.detections(parameters), index)
        case .softmax where node.quantization == nil, .activation where node.quantization == nil:
            throw GraphError.unsupported("numbers behind layers that compute with bytes", at: index, of: graph)
        default:
            guard node.quantization != nil else {
                throw GraphError.unsupported(
                    "a layer of numbers among layers that compute with bytes", at: index, of: graph)
            }
            try visitBytes(index)
        }
    }

    private mutating func visitBytes(_ index: Int) throws {
        let node = graph.nodes[index]
        switch node.layer {
        case .convolution(_, let kernel, _): try append(.convolution(kernel), index)
        case .depthwise(let kernel, _): try append(.depthwise(kernel), index)
        case .dense: try append(.convolution(.pixel), index)
        case .add: try append(.add, index)
        case .multiply: try append(.multiply, index)
        case .activation(let activation):
            try append(.lookup(ByteTable(activation, from: try source(of: index), to: try target(of: index))), index)
        case .quantize:
            try append(.lookup(ByteTable(from: try source(of: index), to: try target(of: index))), index)
        case .globalAveragePool: try append(.globalAveragePool, index)
        case .averagePool(let kernel): try append(.pool(kernel, isMaximum: false), index)
        case .maxPool(let kernel): try append(.pool(kernel, isMaximum: true), index)
        case .softmax: try append(.softmax, index)
        case .upsample(let factor): try append(.upsample(factor: factor), index)
        case .concatenation: try append(.concatenation, index)
        case .stack: try append(.stack, index)
        case .rows(let columns): try append(.rows(columns), index)
        case .transposedConvolution:
            throw GraphError.unsupported("a transposed convolution of bytes", at: index, of: graph)
        case .normalization(let epsilon): try append(.lookup(try affineTable(index, epsilon: epsilon)), index)
        case .input, .dequantize, .detections: return
        }
    }

    /// A factor and a summand, the same for all channels: a sum or a product with a constant.
    private func affineTable(_ index: Int, epsilon: Float) throws -> ByteTable {
        var parts: [Float] = []
        for parameter in graph.nodes[index].parameters {
            let values = try weights.values(of: parameter)
            guard let first = values.first, values.allSatisfy({ $0 == first }) else {
                throw GraphError.unsupported("a factor of its own for each channel of bytes", at: index, of: graph)
            }
            parts.append(first)
        }
        guard parts[3] + epsilon > 0 else {
            throw WeightsError.negativeVariance(graph.nodes[index].parameters[3].name)
        }
        let factor = parts[0] / (parts[3] + epsilon).squareRoot()
        let summand = parts[1] - parts[2] * factor
        return ByteTable(from: try source(of: index), to: try target(of: index)) { $0 * factor + summand }
    }

    private func source(of index: Int) throws(GraphError) -> Quantization {
        try quantization(of: graph.nodes[index].inputs[0], for: index)
    }

    private func target(of index: Int) throws(GraphError) -> Quantization {
        try quantization(of: Graph.Value(index: index), for: index)
    }

    private func quantization(of value: Graph.Value, for index: Int) throws(GraphError) -> Quantization {
        guard let quantization = graph[resolved(value)].quantization else {
            throw GraphError.unsupported("bytes made of numbers", at: index, of: graph)
        }
        return quantization
    }

    /// Appends the layer that starts at a node, with everything behind it that it can take along.
    private mutating func append(_ kind: IntegerLayer.Kind, _ index: Int) throws {
        let inputs = graph.nodes[index].inputs.map(resolved)
        for input in inputs where graph[input].quantization == nil && input != picture {
            throw GraphError.unsupported("bytes made of numbers", at: index, of: graph)
        }
        var layer = IntegerLayer(kind: kind, node: index, inputs: inputs, output: Graph.Value(index: index))
        while let next = onlyUser(of: layer.output), try absorb(next, into: &layer) {
            absorbed.insert(next)
            layer.output = Graph.Value(index: next)
        }
        layers.append(layer)
    }

    /// Takes a node along, if the layer can.
    private func absorb(_ index: Int, into layer: inout IntegerLayer) throws -> Bool {
        let node = graph.nodes[index]
        guard let quantization = node.quantization, let before = graph[layer.output].quantization else { return false }
        switch (layer.kind, node.layer) {
        case (.convolution, .activation(let activation)), (.depthwise, .activation(let activation)),
            (.add, .activation(let activation)), (.multiply, .activation(let activation)):
            guard [.linear, .relu, .relu6].contains(activation), quantization == before else { return false }
            layer.bounds = layer.bounds.intersection(ActivationBounds(activation, quantization))
            return true
        case (.lookup(let table), .activation(let activation)):
            layer.kind = .lookup(table.then(ByteTable(activation, from: before, to: quantization)))
            return true
        case (.lookup(let table), .normalization(let epsilon)):
            layer.kind = .lookup(table.then(try affineTable(index, epsilon: epsilon)))
            return true
        case (.lookup(let table), .quantize):
            layer.kind = .lookup(table.then(ByteTable(from: before, to: quantization)))
            return true
        default:
            return false
        }
    }

    private func onlyUser(of value: Graph.Value) -> Int? {
        users[value.index].count == 1 ? users[value.index][0] : nil
    }
}
