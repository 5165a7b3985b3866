/// Weight tensors of a network, by name.
public struct Weights: Sendable {
    /// Float32 tensors. Names and shapes are those of ``Graph/parameters``.
    public private(set) var tensors: [String: Tensor]
    /// Quantized tensors of quantized layers. Names and shapes are those of ``Graph/parameters``.
    public var quantized: [String: QuantizedTensor]

    /// Creates weights from tensors by name.
    public init(_ tensors: [String: Tensor] = [:], quantized: [String: QuantizedTensor] = [:]) {
        self.tensors = tensors
        self.quantized = quantized
    }

    /// Float32 tensor of a name; `nil` if there is none.
    public subscript(name: String) -> Tensor? {
        get { tensors[name] }
        set { tensors[name] = newValue }
    }

    /// Returns the float32 values of a parameter.
    ///
    /// - Throws: ``WeightsError`` if the tensor is missing, has another shape, or holds infinities or NaN.
    func values(of parameter: Parameter) throws(WeightsError) -> [Float] {
        guard let tensor = tensors[parameter.name] else { throw .missing(parameter.name) }
        guard tensor.shape == parameter.shape else {
            throw .shape(parameter.name, expected: parameter.shape, found: tensor.shape)
        }
        guard tensor.isFinite else { throw .notFinite(parameter.name) }
        return tensor.values
    }

    /// Returns the quantized tensor of a parameter.
    ///
    /// - Throws: ``WeightsError`` if it is missing, has another shape, or if the number of scales is neither one nor the
    ///   number of outputs.
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

    /// Checks that the weights fit a network.
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

    /// Checks that weights are int8 and that biases, which have one dimension, are int32.
    private func checkWidth(_ tensor: QuantizedTensor, _ parameter: Parameter) throws(WeightsError) {
        let isBias = parameter.shape.count == 1
        switch tensor.values {
        case .int8 where !isBias, .int32 where isBias: return
        default: throw .width(parameter.name)
        }
    }
}

/// Error for weights that do not fit a network. Each case names the tensor.
public enum WeightsError: Error, Equatable, CustomStringConvertible {
    /// The tensor is missing.
    case missing(String)
    /// The shape differs from the network's.
    case shape(String, expected: [Int], found: [Int])
    /// The number of scales is neither one nor the number of outputs.
    case scales(String, expected: Int, found: Int)
    /// The element type is not int8 for weights or int32 for biases.
    case width(String)
    /// The tensor holds infinities or NaN.
    case notFinite(String)
    /// The variance of a batch normalization is negative.
    case negativeVariance(String)

    /// Message with the name of the tensor.
    public var description: String {
        switch self {
        case .missing(let name):
            "the tensor \"\(name)\" is missing"
        case .notFinite(let name):
            "the tensor \"\(name)\" holds infinities or NaN"
        case .negativeVariance(let name):
            "the tensor \"\(name)\" holds a variance that is negative"
        case .width(let name):
            "the tensor \"\(name)\" has elements of the wrong type: weights are int8, biases int32"
        case .scales(let name, let expected, let found):
            "the tensor \"\(name)\" has \(found) scales; it needs one, or \(expected)"
        case .shape(let name, let expected, let found):
            "the tensor \"\(name)\" has the shape \(found); the network needs \(expected)"
        }
    }
}
