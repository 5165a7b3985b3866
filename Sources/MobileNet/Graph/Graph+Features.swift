extension Graph {
    /// The network without its classifier: what comes out is the vector that the last fully connected layer reads,
    /// by which images can be compared.
    ///
    /// - Throws: ``GraphError`` if there is no such layer, or nothing before it, or if what comes out is no vector: then
    ///   a layer that looks like a classifier is one of many, as in a detector.
    public func withoutClassifier() throws(GraphError) -> Graph {
        guard self[output].shape.isVector else {
            throw GraphError(
                layer: self[output].name, index: output.index,
                reason:
                    "what comes out is \(self[output].shape) and no vector of classes, and so there is no vector of features"
            )
        }
        let needed = ancestors(of: output)
        guard let classifier = nodes.indices.last(where: { needed.contains($0) && isFullyConnected(nodes[$0]) }),
            let features = nodes[classifier].inputs.first, features != input
        else {
            throw GraphError(
                layer: self[output].name, index: output.index,
                reason: "there is no fully connected layer before it, and so no vector of features")
        }
        return try part(up: features)
    }

    /// A fully connected layer may be written as a convolution of the one pixel that a mean has left.
    private func isFullyConnected(_ node: Node) -> Bool {
        switch node.layer {
        case .dense: true
        case .convolution(_, let kernel, _): kernel.isPixel && node.inputShape.isVector
        default: false
        }
    }

    /// The layers that a value is computed from, as a graph of their own that ends with it.
    func part(up value: Value) throws(GraphError) -> Graph {
        let needed = ancestors(of: value)
        var part = Graph(input: self[input].shape, quantization: self[input].quantization)
        var places = [input: part.input]
        for index in nodes.indices.dropFirst() where needed.contains(index) {
            let node = nodes[index]
            let inputs = node.inputs.compactMap { places[$0] }
            places[Value(index: index)] = try part.add(
                node.layer, named: node.name, to: inputs, quantization: node.quantization)
        }
        return part
    }

    /// The places of the layers that a value is computed from, its own among them.
    private func ancestors(of value: Value) -> Set<Int> {
        var found: Set = [value.index]
        for index in (0...value.index).reversed() where found.contains(index) {
            found.formUnion(nodes[index].inputs.map(\.index))
        }
        return found
    }
}
