/// A network as data: layers in the order in which they run, each naming the values that it reads.
///
/// Architectures and importers build graphs; a ``Plan`` runs them. A graph holds no weights: the
/// parameters of a node are found under the node's name (see ``Node/parameters``).
public struct Graph: Equatable, Sendable {
    /// What a node computes.
    public struct Value: Hashable, Sendable {
        /// The node's place in ``Graph/nodes``.
        public let index: Int
    }

    /// One layer.
    public struct Node: Equatable, Sendable {
        /// Unique in the graph, as `blocks.3.expand`; the prefix of the names of its parameters.
        public let name: String
        /// What it computes.
        public let layer: Layer
        /// What it computes it from.
        public let inputs: [Value]
        /// The shape of what it computes.
        public let shape: Shape
        /// The shape of its first input.
        public let inputShape: Shape
        /// How the bytes that it computes stand for numbers; `nil` if it computes numbers.
        public let quantization: Quantization?
    }

    /// In an order in which they can be computed.
    public private(set) var nodes: [Node]

    /// The image.
    public var input: Value { Value(index: 0) }

    /// What the last layer computes: the logits.
    public var output: Value { Value(index: nodes.count - 1) }

    /// Whether it computes with bytes, in whole or in part.
    public var isQuantized: Bool { nodes.contains { $0.quantization != nil } }

    /// A graph that has only its input yet.
    public init(input shape: Shape, quantization: Quantization? = nil) {
        nodes = [
            Node(name: "input", layer: .input, inputs: [], shape: shape, inputShape: shape, quantization: quantization)
        ]
    }

    /// The node that computes a value.
    public subscript(value: Value) -> Node { nodes[value.index] }

    /// Appends a layer.
    ///
    /// - Returns: what it computes.
    /// - Throws: ``GraphError`` if the inputs do not fit the layer.
    public mutating func add(
        _ layer: Layer, named name: String, to inputs: Value..., quantization: Quantization? = nil
    ) throws(GraphError) -> Value {
        try add(layer, named: name, to: inputs, quantization: quantization)
    }

    /// Appends a layer.
    ///
    /// - Returns: what it computes.
    /// - Throws: ``GraphError`` if the inputs do not fit the layer, or the sizes are beyond all sense.
    public mutating func add(
        _ layer: Layer, named name: String, to inputs: [Value], quantization: Quantization? = nil
    ) throws(GraphError) -> Value {
        guard inputs.allSatisfy({ nodes.indices.contains($0.index) }) else {
            throw GraphError(layer: name, index: nodes.count, reason: "reads what no layer computes")
        }
        let shapes = inputs.map { self[$0].shape }
        do throws(ShapeMismatch) {
            let shape = try layer.outputShape(for: shapes)
            guard shape.isPossible else { throw ShapeMismatch("a tensor of \(shape) is too large") }
            if let quantization, !quantization.isValid { throw ShapeMismatch(quantization.complaint) }
            guard quantization == nil || !layer.isAlwaysFloat else {
                throw ShapeMismatch("it computes numbers, which have no quantization")
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

    /// For each node, the nodes that read it.
    func users() -> [[Int]] {
        var users = [[Int]](repeating: [], count: nodes.count)
        for (index, node) in nodes.enumerated() {
            for input in node.inputs { users[input.index].append(index) }
        }
        return users
    }
}

/// A layer that cannot be, or that the engine does not have.
public struct GraphError: Error, Equatable, CustomStringConvertible {
    /// The name of the layer that is at fault.
    public let layer: String
    /// The layer's place in the graph, counted from 1.
    public let index: Int
    /// Why, in a sentence.
    public let reason: String

    public init(layer: String, index: Int, reason: String) {
        self.layer = layer
        self.index = index
        self.reason = reason
    }

    public var description: String { "layer \(index), \"\(shortened(layer))\": \(reason)" }
}
