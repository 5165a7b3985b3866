/// Network under construction: the graph, and the weights by the names of its layers.
struct NetworkBuilder {
    private(set) var graph: Graph
    var weights = Weights()
    /// Current operation of the file, for error messages.
    var operation = (index: 0, name: "")
    /// First operations of the network on the input: `scale · x + shift`, with one value for all channels or one for
    /// each.
    var inputScale: [Float] = [1]
    var inputShift: [Float] = [0]
    /// Layers with weights whose output only the next operation reads. If that operation multiplies or adds constants,
    /// they can be folded into the weights.
    var foldable: Set<Graph.Value> = []
    private var names: Set<String> = ["input"]

    init(input: Shape, quantization: Quantization? = nil) {
        graph = Graph(input: input, quantization: quantization)
    }

    /// Returns an error about the current operation.
    func error(_ reason: String) -> GraphError {
        GraphError(layer: operation.name, index: operation.index, reason: reason)
    }

    /// Appends a layer.
    ///
    /// - Parameter name: name of the layer. It is changed if another layer has it.
    /// - Throws: ``GraphError`` that names the current operation.
    mutating func add(
        _ layer: Layer, named name: String, to inputs: [Graph.Value], quantization: Quantization? = nil
    ) throws(GraphError) -> Graph.Value {
        guard graph.nodes.count <= Graph.mostLayers else {
            throw error("more layers than any network of this family has")
        }
        do {
            return try graph.add(layer, named: unique(name), to: inputs, quantization: quantization)
        } catch let mismatch {
            throw error(mismatch.reason)
        }
    }

    /// Appends a layer with a weight and, if it has one, a bias.
    mutating func add(
        _ layer: Layer, named name: String, to input: Graph.Value, weight: Tensor, bias: Tensor?
    ) throws(GraphError) -> Graph.Value {
        let value = try add(layer, named: name, to: [input])
        weights[graph[value].name + ".weight"] = weight
        if let bias { weights[graph[value].name + ".bias"] = bias }
        return value
    }

    /// Appends a quantized layer with a weight and a bias.
    mutating func add(
        _ layer: Layer, named name: String, to input: Graph.Value, weight: QuantizedTensor, bias: QuantizedTensor,
        quantization: Quantization
    ) throws(GraphError) -> Graph.Value {
        let value = try add(layer, named: name, to: [input], quantization: quantization)
        weights.quantized[graph[value].name + ".weight"] = weight
        weights.quantized[graph[value].name + ".bias"] = bias
        return value
    }

    private mutating func unique(_ name: String) -> String {
        let base = name.isEmpty ? operation.name : String(name.prefix(200))
        var candidate = base
        var number = 2
        while !names.insert(candidate).inserted {
            candidate = "\(base).\(max(number, graph.nodes.count))"
            number = max(number, graph.nodes.count) + 1
        }
        return candidate
    }

    // MARK: - Quantization

    /// Returns a value as float32. A quantized value is dequantized.
    mutating func dequantized(_ value: Graph.Value) throws(GraphError) -> Graph.Value {
        guard graph[value].quantization != nil else { return value }
        return try add(.dequantize, named: graph[value].name + ".float32", to: [value])
    }

    /// Returns a value as uint8 of the given quantization. It is quantized or requantized where necessary.
    mutating func quantized(
        _ value: Graph.Value, as quantization: Quantization, named name: String
    ) throws(GraphError) -> Graph.Value {
        if graph[value].quantization == quantization { return value }
        // The input is quantized when an image is loaded.
        if value == graph.input, graph.nodes.count == 1, graph[value].quantization == nil {
            graph = Graph(input: graph[value].shape, quantization: quantization)
            return graph.input
        }
        return try add(.quantize, named: name, to: [value], quantization: quantization)
    }

    // MARK: - Result

    /// Returns the network that computes a value. Layers and weights that it does not need are left out.
    func finished(output: Graph.Value) throws(GraphError) -> (graph: Graph, weights: Weights) {
        var isNeeded = [Bool](repeating: false, count: graph.nodes.count)
        isNeeded[output.index] = true
        for index in graph.nodes.indices.reversed() where isNeeded[index] {
            for input in graph.nodes[index].inputs { isNeeded[input.index] = true }
        }
        guard isNeeded[0], output.index > 0 else {
            throw GraphError(
                layer: "output", index: output.index, reason: "the output does not depend on the input")
        }
        var result = Graph(input: graph[graph.input].shape, quantization: graph[graph.input].quantization)
        var kept = Weights()
        var moved: [Graph.Value: Graph.Value] = [graph.input: result.input]
        for (index, node) in graph.nodes.enumerated().dropFirst() where isNeeded[index] {
            let inputs = node.inputs.compactMap { moved[$0] }
            moved[Graph.Value(index: index)] = try result.add(
                node.layer, named: node.name, to: inputs, quantization: node.quantization)
            for parameter in node.parameters {
                kept[parameter.name] = weights[parameter.name]
                kept.quantized[parameter.name] = weights.quantized[parameter.name]
            }
        }
        return (result, kept)
    }
}
