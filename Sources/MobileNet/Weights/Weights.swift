/// The tensors of a network, by name.
public struct Weights: Sendable {
    /// Those that are numbers. Names and shapes are those of ``Graph/parameters``.
    public private(set) var tensors: [String: Tensor]
    /// Those of layers that compute with bytes. Names and shapes are those of ``Graph/parameters``.
    public var quantized: [String: QuantizedTensor]

    public init(_ tensors: [String: Tensor] = [:], quantized: [String: QuantizedTensor] = [:]) {
        self.tensors = tensors
        self.quantized = quantized
    }

    /// The tensor of that name, if there is one.
    public subscript(name: String) -> Tensor? {
        get { tensors[name] }
        set { tensors[name] = newValue }
    }

    /// The tensor of a parameter.
    ///
    /// - Throws: ``WeightsError`` if it is missing, has another shape, or holds what is no number.
    func values(of parameter: Parameter) throws(WeightsError) -> [Float] {
        guard let tensor = tensors[parameter.name] else { throw .missing(parameter.name) }
        guard tensor.shape == parameter.shape else {
            throw .shape(parameter.name, expected: parameter.shape, found: tensor.shape)
        }
        guard tensor.isFinite else { throw .notFinite(parameter.name) }
        return tensor.values
    }

    /// The tensor of a parameter of a layer that computes with bytes.
    ///
    /// - Throws: ``WeightsError`` if it is missing or has another shape, or if it has not as many scales as the layer
    ///   has outputs, nor one.
    func quantizedTensor(of parameter: Parameter) throws(WeightsError) -> QuantizedTensor {
        guard let tensor = quantized[parameter.name] else { throw .missing(parameter.name) }
        guard tensor.shape == parameter.shape else {
            throw .shape(parameter.name, expected: parameter.shape, found: tensor.shape)
        }
        guard tensor.scales.count == 1 || tensor.scales.count == tensor.shape[0] else {
            throw .scales(parameter.name, expected: tensor.shape[0], found: tensor.scales.count)
        }
        return tensor
    }

    /// Whether a network can be run with them.
    ///
    /// - Throws: ``WeightsError`` for the first tensor that does not fit.
    func check(for graph: Graph) throws(WeightsError) {
        for node in graph.nodes {
            for parameter in node.parameters {
                if node.hasQuantizedWeights {
                    try checkWidth(quantizedTensor(of: parameter), parameter)
                } else {
                    _ = try values(of: parameter)
                }
            }
            guard case .normalization(let epsilon) = node.layer, let variance = node.parameters.last else { continue }
            guard try values(of: variance).allSatisfy({ $0 + epsilon > 0 }) else {
                throw .negativeVariance(variance.name)
            }
        }
    }

    /// Weights are bytes, and a bias, which has one dimension, is whole numbers.
    private func checkWidth(_ tensor: QuantizedTensor, _ parameter: Parameter) throws(WeightsError) {
        let isBias = parameter.shape.count == 1
        switch tensor.values {
        case .int8 where !isBias, .int32 where isBias: return
        default: throw .width(parameter.name)
        }
    }
}

/// Why weights do not fit a network.
public enum WeightsError: Error, Equatable, CustomStringConvertible {
    case missing(String)
    case shape(String, expected: [Int], found: [Int])
    case scales(String, expected: Int, found: Int)
    case width(String)
    case notFinite(String)
    case negativeVariance(String)

    public var description: String {
        switch self {
        case .missing(let name):
            "the tensor \"\(name)\" is missing"
        case .notFinite(let name):
            "the tensor \"\(name)\" holds infinities, or what is no number"
        case .negativeVariance(let name):
            "the tensor \"\(name)\" holds a variance that is negative"
        case .width(let name):
            "the tensor \"\(name)\" has numbers of the wrong size"
        case .scales(let name, let expected, let found):
            "the tensor \"\(name)\" has \(found) scales; it needs one, or \(expected)"
        case .shape(let name, let expected, let found):
            "the tensor \"\(name)\" has the shape \(found); the network needs \(expected)"
        }
    }
}
