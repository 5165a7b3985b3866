/// Turns a checkpoint's tensors into a network's weights.
public enum CheckpointImport {
    /// The network and its weights.
    public struct Result: Sendable {
        /// What it is.
        public let architecture: Architecture
        /// Who seems to have trained it, or was said to have.
        public let origin: CheckpointOrigin
        /// How many classes its last layer tells apart.
        public let classes: Int
        /// How it wants its input.
        public let normalization: InputNormalization
        /// Its tensors, by the names of ``Graph/parameters``.
        public let weights: Weights

        /// The model that it makes.
        ///
        /// - Parameters:
        ///   - labels: one for each class.
        ///   - resolution: pixels on each side; `nil` for what the architecture's networks usually have.
        ///   - source: where the checkpoint came from.
        public func model(labels: Labels, resolution: Int? = nil, source: String, licence: String = "") -> Model {
            Model(
                name: architecture.rawValue,
                network: .architecture(architecture, resolution: resolution ?? architecture.family.usualResolution),
                labels: labels, normalization: normalization, source: source, licence: licence, weights: weights)
        }
    }

    /// Reads a checkpoint.
    ///
    /// - Parameters:
    ///   - bytes: a file that `torch.save` wrote, or a safetensors file.
    ///   - architecture: what it is expected to be; `nil` to recognise it by its tensors. Its style does not matter.
    ///   - origin: who trained it; `nil` to tell by the names of its tensors.
    ///   - file: the name of the file, which may say what no tensor does.
    /// - Throws: an error that describes itself in a sentence, without the file's name.
    public static func read(
        _ bytes: [UInt8], as architecture: Architecture?, from origin: CheckpointOrigin? = nil, file: String = ""
    ) throws -> Result {
        let tensors = try CheckpointTensors(bytes)
        guard !tensors.shapes.isEmpty else { throw FormatError("the checkpoint holds no tensors with names") }
        guard let recognized = CheckpointRecognition(tensors.shapes, as: architecture) else {
            let known = Architecture.allCases.map(\.rawValue).joined(separator: ", ")
            throw FormatError("its tensors belong to none of the known networks (\(known))")
        }
        do {
            return try result(recognized, from: origin, file: file, tensors)
        } catch let error as FormatError {
            throw error.within("as \(recognized.architecture.rawValue)")
        } catch {
            throw FormatError("as \(recognized.architecture.rawValue): \(error)")
        }
    }

    private static func result(
        _ recognized: CheckpointRecognition, from origin: CheckpointOrigin?, file: String, _ tensors: CheckpointTensors
    ) throws -> Result {
        let family = recognized.architecture.family
        let origin = origin ?? recognized.candidate.origin.resolved(for: family, file: file)
        var architecture = recognized.architecture
        architecture.style = origin.style(of: family)
        let weights = try weights(
            for: architecture.graph(classes: recognized.classes), names: recognized.candidate.names, from: tensors)
        return Result(
            architecture: architecture, origin: origin, classes: recognized.classes,
            normalization: origin.normalization(of: family), weights: weights)
    }

    // MARK: - Weights

    /// Every parameter must be there, and nothing else.
    private static func weights(
        for graph: Graph, names: CheckpointNames, from tensors: CheckpointTensors
    ) throws -> Weights {
        var weights = Weights()
        var unused = Set(tensors.shapes.keys)
        for parameter in graph.parameters {
            guard let source = names.source(of: parameter) else { throw WeightsError.missing(parameter.name) }
            guard let shape = tensors.shapes[source] else { throw WeightsError.missing(source) }
            guard
                CheckpointRecognition.withoutTrailingOnes(shape)
                    == CheckpointRecognition.withoutTrailingOnes(parameter.shape)
            else { throw WeightsError.shape(source, expected: parameter.shape, found: shape) }
            guard let tensor = try tensors.read(source) else { throw WeightsError.missing(source) }
            guard tensor.isFinite else { throw WeightsError.notFinite(source) }
            weights[parameter.name] = Tensor(shape: parameter.shape, values: tensor.values)
            unused.remove(source)
        }
        if let extra = unused.min() {
            throw FormatError("the tensor \"\(shortened(extra))\" has no place in the network")
        }
        try weights.check(for: graph)
        return weights
    }
}
