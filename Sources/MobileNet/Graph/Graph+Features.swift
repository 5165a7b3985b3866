extension Graph {
    /// Returns the network without its classifier. Its output is the feature vector (embedding) that the last fully
    /// connected layer reads.
    ///
    /// - Throws: ``GraphError`` if there is no fully connected layer, if no layer precedes it, or if the output is not a
    ///   vector: in a detector, a fully connected layer is one of many and not the classifier.
    public func withoutClassifier() throws(GraphError) -> Graph { try subgraph(upTo: try featureVector()) }

    /// Returns the value that the classifier reads.
    ///
    /// - Throws: as ``withoutClassifier()``.
    func featureVector() throws(GraphError) -> Value {
        guard self[output].shape.isVector else {
            throw GraphError(
                layer: self[output].name, index: output.index,
                reason:
                    "the output is \(self[output].shape) and no vector of classes, so there is no feature vector"
            )
        }
        let needed = ancestors(of: output)
        guard let classifier = nodes.indices.last(where: { needed.contains($0) && isFullyConnected(nodes[$0]) }),
            let features = nodes[classifier].inputs.first, features != input
        else {
            throw GraphError(
                layer: self[output].name, index: output.index,
                reason: "no fully connected layer precedes it, so there is no feature vector")
        }
        return features
    }

    /// Whether a node is a fully connected layer. Some networks write it as a 1×1 convolution behind a global average
    /// pooling.
    private func isFullyConnected(_ node: Node) -> Bool {
        switch node.layer {
        case .dense: true
        case .convolution(_, let kernel, _): kernel.isPixel && node.inputShape.isVector
        case .input, .depthwise, .transposedConvolution, .normalization, .activation, .add, .multiply,
            .globalAveragePool, .averagePool, .maxPool, .upsample, .concatenation, .reshape, .rowConcatenation,
            .softmax, .quantize, .dequantize, .detections:
            false
        }
    }

    /// Returns the graph of the layers that a value depends on. It ends with that value.
    func subgraph(upTo value: Value) throws(GraphError) -> Graph {
        let needed = ancestors(of: value)
        var subgraph = Graph(
            input: self[input].shape, quantization: self[input].quantization, requantization: requantization)
        var values = [input: subgraph.input]
        for index in nodes.indices.dropFirst() where needed.contains(index) {
            let node = nodes[index]
            let inputs = node.inputs.compactMap { values[$0] }
            values[Value(index: index)] = try subgraph.add(
                node.layer, named: node.name, to: inputs, quantization: node.quantization)
        }
        return subgraph
    }

    /// Indices of the nodes that a value depends on, its own node among them.
    private func ancestors(of value: Value) -> Set<Int> {
        var found: Set = [value.index]
        for index in (0...value.index).reversed() where found.contains(index) {
            found.formUnion(nodes[index].inputs.map(\.index))
        }
        return found
    }
}
