/// Builds the graph and the weights of a quantized network, stage by stage.
struct QuantizedGraphBuilder {
    /// Quantized network.
    private(set) var quantized: Graph
    /// Its weights.
    private(set) var weights = Weights()

    private let model: Model
    private let graph: Graph
    private let histograms: [Graph.Value: ActivationHistogram]
    private let method: CalibrationMethod
    /// Values of the quantized network by those of the float network.
    private var values: [Graph.Value: Graph.Value]

    /// - Parameters:
    ///   - model: the float model.
    ///   - graph: its network.
    ///   - histograms: the values of the float network.
    ///   - method: the choice of ranges.
    init(
        _ model: Model, _ graph: Graph, histograms: [Graph.Value: ActivationHistogram], method: CalibrationMethod
    ) {
        self.model = model
        self.graph = graph
        self.histograms = histograms
        self.method = method
        quantized = Graph(
            input: graph[graph.input].shape, quantization: model.normalization.quantization, requantization: .float32)
        values = [graph.input: quantized.input]
    }

    /// Adds a layer.
    ///
    /// - Throws: ``GraphError`` if it does not fit its inputs, ``FormatError`` for weights that are not finite.
    mutating func add(_ stage: QuantizationStage) throws {
        let node = graph.nodes[stage.node]
        let inputs = stage.inputs.compactMap { values[$0] }
        guard inputs.count == stage.inputs.count else {
            throw GraphError.unsupported("a layer that reads a float32 value", at: stage.node, of: graph)
        }
        let target = quantization(of: stage, inputs)
        let value = try quantized.add(stage.layer, named: node.name, to: inputs, quantization: target)
        values[stage.output] = value
        if case .detections = stage.layer {
            for anchors in node.parameters { weights[anchors.name] = model.weights[anchors.name] }
        }
        guard let folded = stage.weights, let target, let source = quantized[inputs[0]].quantization else { return }
        let quantization = WeightQuantization(
            source: source, target: target, inputMeans: histograms[stage.inputs[0]]?.means ?? [],
            isDepthwise: stage.isDepthwise)
        let parameters = quantized[value].parameters
        let tensors = try quantization.quantize(folded, parameters: parameters)
        weights.quantized[parameters[0].name] = tensors.weight
        weights.quantized[parameters[1].name] = tensors.bias
    }

    /// Returns the scale and zero point of a stage's output; `nil` if it is float32.
    private func quantization(of stage: QuantizationStage, _ inputs: [Graph.Value]) -> Quantization? {
        switch stage.scale {
        case .observed(let value): histograms[value].map(method.quantization)
        case .fixed(let quantization): quantization
        case .input: quantized[inputs[0]].quantization
        case .float: nil
        }
    }
}

extension QuantizationStage {
    fileprivate var isDepthwise: Bool { if case .depthwise = layer { true } else { false } }
}

extension InputNormalization {
    /// Quantization that covers the normalized values of all 8-bit pixels.
    var quantization: Quantization {
        let ends = [(mean.0, standardDeviation.0), (mean.1, standardDeviation.1), (mean.2, standardDeviation.2)]
            .flatMap { mean, divisor in [-mean / divisor, (255 - mean) / divisor] }
        return Quantization(covering: (ends.min() ?? 0)...(ends.max() ?? 0))
    }
}
