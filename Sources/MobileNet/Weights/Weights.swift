/// The tensors of a network, by name.
public struct Weights: Sendable {
    /// All of them. Names and shapes are those of ``Graph/parameters``.
    public private(set) var tensors: [String: Tensor]

    public init(_ tensors: [String: Tensor] = [:]) { self.tensors = tensors }

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

    /// Whether a network can be run with them.
    ///
    /// - Throws: ``WeightsError`` for the first tensor that does not fit.
    func check(for graph: Graph) throws(WeightsError) {
        for node in graph.nodes {
            for parameter in node.parameters { _ = try values(of: parameter) }
            guard case .normalization(let epsilon) = node.layer, let variance = node.parameters.last else { continue }
            guard try values(of: variance).allSatisfy({ $0 + epsilon > 0 }) else { throw .negativeVariance(variance.name) }
        }
    }
}

/// Why weights do not fit a network.
public enum WeightsError: Error, Equatable, CustomStringConvertible {
    case missing(String)
    case shape(String, expected: [Int], found: [Int])
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
        case .shape(let name, let expected, let found):
            "the tensor \"\(name)\" has the shape \(found); the network needs \(expected)"
        }
    }
}
