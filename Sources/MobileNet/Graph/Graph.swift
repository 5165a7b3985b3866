/// Dataflow graph of a network: layers in execution order, each with the values that it reads.
///
/// Architectures and importers build graphs; a ``Plan`` runs them. A graph holds no weights: the names of a node's
/// parameters begin with the node's name (see ``Node/parameters``).
public struct Graph: Equatable, Sendable {
    /// Output of a node.
    public struct Value: Hashable, Sendable {
        /// Index of the node in ``Graph/nodes``.
        public let index: Int
    }

    /// Layer with its name, inputs and output shape.
    public struct Node: Equatable, Sendable {
        /// Name, unique in the graph, such as `blocks.3.expand`. Prefix of the names of the node's parameters.
        public let name: String
        /// Operation.
        public let layer: Layer
        /// Values that it reads.
        public let inputs: [Value]
        /// Shape of the output.
        public let shape: Shape
        /// Shape of the first input.
        public let inputShape: Shape
        /// Scale and zero point of the output; `nil` if the output is float32.
        public let quantization: Quantization?
    }

    /// Nodes in execution order. The first one is the input.
    public private(set) var nodes: [Node]

    /// Arithmetic from the sums of quantized layers to their outputs.
    public let requantization: Requantization

    /// Input image.
    public var input: Value { Value(index: 0) }

    /// Output of the last layer: the logits of a classifier.
    public var output: Value { Value(index: nodes.count - 1) }

    /// Whether any value is quantized.
    public var isQuantized: Bool { nodes.contains { $0.quantization != nil } }

    /// Creates a graph that has only its input.
    public init(
        input shape: Shape, quantization: Quantization? = nil, requantization: Requantization = .fixedPoint
    ) {
        self.requantization = requantization
        nodes = [
            Node(name: "input", layer: .input, inputs: [], shape: shape, inputShape: shape, quantization: quantization)
        ]
    }

    /// Node that computes a value.
    public subscript(value: Value) -> Node { nodes[value.index] }

    /// Appends a layer.
    ///
    /// - Returns: the output of the layer.
    /// - Throws: ``GraphError`` if the inputs do not fit the layer, or if a size is out of range.
    public mutating func add(
        _ layer: Layer, named name: String, to inputs: Value..., quantization: Quantization? = nil
    ) throws(GraphError) -> Value {
        try add(layer, named: name, to: inputs, quantization: quantization)
    }

    /// Appends a layer.
    ///
    /// - Returns: the output of the layer.
    /// - Throws: ``GraphError`` if the inputs do not fit the layer, or if a size is out of range.
    public mutating func add(
        _ layer: Layer, named name: String, to inputs: [Value], quantization: Quantization? = nil
    ) throws(GraphError) -> Value {
        guard inputs.allSatisfy({ nodes.indices.contains($0.index) }) else {
            throw GraphError(layer: name, index: nodes.count, reason: "it reads a value that no layer computes")
        }
        let shapes = inputs.map { self[$0].shape }
        do throws(ShapeMismatch) {
            let shape = try layer.outputShape(for: shapes)
            guard shape.isPossible else { throw ShapeMismatch("a tensor of \(shape) is too large") }
            if let quantization, !quantization.isValid { throw ShapeMismatch(quantization.complaint) }
            guard quantization == nil || !layer.isAlwaysFloat else {
                throw ShapeMismatch("its output is float32, which has no quantization")
            }
            nodes.append(
                Node(
                    name: name, layer: layer, inputs: inputs, shape: shape, inputShape: shapes[0],
                    quantization: quantization))
            return output
        } catch {
            throw GraphError(layer: name, index: nodes.count, reason: error.reason)
        }
    }

    /// Indices of the nodes that read each node.
    func users() -> [[Int]] {
        var users = [[Int]](repeating: [], count: nodes.count)
        for (index, node) in nodes.enumerated() {
            for input in node.inputs { users[input.index].append(index) }
        }
        return users
    }
}

/// Error of a layer: its inputs do not fit, or the engine does not support it.
public struct GraphError: Error, Equatable, CustomStringConvertible {
    /// Name of the layer.
    public let layer: String
    /// Position of the layer in the graph, counted from 1.
    public let index: Int
    /// Reason, as a clause without the name of the layer.
    public let reason: String

    /// Creates an error.
    public init(layer: String, index: Int, reason: String) {
        self.layer = layer
        self.index = index
        self.reason = reason
    }

    /// Name, position and reason on one line.
    public var description: String { "layer \(index), \"\(shortened(layer))\": \(reason)" }
}
