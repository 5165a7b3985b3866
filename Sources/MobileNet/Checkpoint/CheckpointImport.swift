/// Turns a checkpoint's tensors into a network's weights.
public enum CheckpointImport {
    /// The network and its weights.
    public struct Result: Sendable {
        /// What it is.
        public let architecture: Architecture
        /// How many classes its last layer tells apart.
        public let classes: Int
        /// Its tensors, by the names of ``Graph/parameters``.
        public let weights: Weights
    }

    /// Reads a checkpoint.
    ///
    /// - Parameters:
    ///   - bytes: a file that `torch.save` wrote.
    ///   - architecture: what it is expected to be; `nil` to recognise it by its tensors.
    /// - Throws: an error that describes itself in a sentence, without the file's name.
    public static func read(_ bytes: [UInt8], as architecture: Architecture?) throws -> Result {
        let tensors = withoutModule(try TorchCheckpoint(bytes).tensors)
        guard !tensors.isEmpty else { throw FormatError("the checkpoint holds no tensors with names") }
        let candidates = architecture.map { [$0] } ?? Architecture.allCases
        let attempts = candidates.map { attempt($0, tensors) }
        if let result = attempts.lazy.compactMap({ try? $0.get() }).first { return result }
        // None fits: what is wrong with the one that comes closest is the likeliest reason.
        let closest = zip(candidates, attempts).max { matches($0.0, tensors) < matches($1.0, tensors) }
        guard let closest, matches(closest.0, tensors) > 0, case .failure(let error) = closest.1 else {
            let known = Architecture.allCases.map(\.rawValue).joined(separator: ", ")
            throw FormatError("its tensors belong to none of the known networks (\(known))")
        }
        throw FormatError("as \(closest.0.rawValue): \(error)")
    }

    /// Training on several devices puts `module.` in front of every name.
    private static func withoutModule(_ tensors: [String: Tensor]) -> [String: Tensor] {
        let prefix = "module."
        guard tensors.keys.allSatisfy({ $0.hasPrefix(prefix) }) else { return tensors }
        return Dictionary(tensors.map { (String($0.key.dropFirst(prefix.count)), $0.value) }) { first, _ in first }
    }

    /// How many of an architecture's tensors a checkpoint has.
    private static func matches(_ architecture: Architecture, _ tensors: [String: Tensor]) -> Int {
        guard let graph = try? architecture.graph() else { return 0 }
        let names = CheckpointNames(architecture)
        return graph.parameters.count { parameter in
            guard let source = names.source(of: parameter), let tensor = tensors[source] else { return false }
            return withoutTrailingOnes(tensor.shape) == withoutTrailingOnes(parameter.shape)
        }
    }

    private static func attempt(
        _ architecture: Architecture, _ tensors: [String: Tensor]
    ) -> Swift.Result<Result, any Error> {
        Swift.Result {
            let names = CheckpointNames(architecture)
            guard let classifier = names.sources["classifier"], let bias = tensors[classifier + ".bias"],
                let classes = bias.shape.first, classes > 0
            else { throw WeightsError.missing((names.sources["classifier"] ?? "classifier") + ".bias") }
            let graph = try architecture.graph(classes: classes)
            return Result(
                architecture: architecture, classes: classes,
                weights: try weights(for: graph, names: names, from: tensors))
        }
    }

    /// Every parameter must be there, and nothing else.
    private static func weights(
        for graph: Graph, names: CheckpointNames, from tensors: [String: Tensor]
    ) throws -> Weights {
        var weights = Weights()
        var unused = Set(tensors.keys.filter { !CheckpointNames.isIgnored($0) })
        for parameter in graph.parameters {
            guard let source = names.source(of: parameter) else { throw WeightsError.missing(parameter.name) }
            guard let tensor = tensors[source] else { throw WeightsError.missing(source) }
            // Squeeze-and-excitation is fully connected, but often written as a 1×1 convolution.
            guard withoutTrailingOnes(tensor.shape) == withoutTrailingOnes(parameter.shape) else {
                throw WeightsError.shape(source, expected: parameter.shape, found: tensor.shape)
            }
            guard tensor.isFinite else { throw WeightsError.notFinite(source) }
            weights[parameter.name] = Tensor(shape: parameter.shape, values: tensor.values)
            unused.remove(source)
        }
        if let extra = unused.min() { throw FormatError("the tensor \"\(shortened(extra))\" has no place in the network") }
        try weights.check(for: graph)
        return weights
    }

    private static func withoutTrailingOnes(_ shape: [Int]) -> [Int] {
        Array(shape.reversed().drop { $0 == 1 }.reversed())
    }
}
