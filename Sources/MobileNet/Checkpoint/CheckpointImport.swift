/// Importer of PyTorch and safetensors checkpoints of known architectures.
public enum CheckpointImport {
    /// Network of a checkpoint and its weights.
    public struct Result: Sendable {
        /// Recognized or requested architecture.
        public let architecture: Architecture
        /// Recognized or requested origin.
        public let origin: CheckpointOrigin
        /// Number of outputs of the last layer.
        public let classes: Int
        /// Input normalization with which the origin trains its networks.
        public let normalization: InputNormalization
        /// Tensors, by the names of ``Graph/parameters``.
        public let weights: Weights

        /// Returns a model of the network.
        ///
        /// - Parameters:
        ///   - labels: labels of the classes, ``classes`` in number.
        ///   - resolution: height and width of the input in pixels; `nil` for the family's usual resolution.
        ///   - source: origin of the checkpoint, for example its file name.
        ///   - licence: licence of the weights; empty if unknown.
        public func model(labels: Labels, resolution: Int? = nil, source: String, licence: String = "") -> Model {
            Model(
                name: architecture.rawValue,
                network: .architecture(architecture, resolution: resolution ?? architecture.family.usualResolution),
                labels: labels, normalization: normalization, source: source, licence: licence, weights: weights)
        }
    }

    /// Imports a checkpoint.
    ///
    /// - Parameters:
    ///   - bytes: contents of a file that `torch.save` wrote, or of a safetensors file.
    ///   - architecture: expected architecture; `nil` to recognize it by the tensors. Its style is ignored.
    ///   - origin: publisher of the weights; `nil` to recognize it by the names of the tensors.
    ///   - file: name of the file. The prefix `tf_` of timm's files distinguishes origins with the same tensor names.
    /// - Throws: an error whose description is a sentence without the file's name: the bytes are malformed or not a
    ///   checkpoint, or the tensors do not fit a known network.
    public static func read(
        _ bytes: [UInt8], as architecture: Architecture?, from origin: CheckpointOrigin? = nil, file: String = ""
    ) throws -> Result {
        try read(CheckpointTensors(bytes), as: architecture, from: origin, file: file)
    }

    static func read(
        _ tensors: CheckpointTensors, as architecture: Architecture?, from origin: CheckpointOrigin?, file: String
    ) throws -> Result {
        guard !tensors.shapes.isEmpty else { throw FormatError("the checkpoint has no named tensors") }
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

    /// Renames the tensors to the names of the graph's parameters.
    ///
    /// - Throws: ``WeightsError`` if a parameter is missing or has another shape, ``FormatError`` if a tensor is left
    ///   over.
    private static func weights(
        for graph: Graph, names: CheckpointNames, from tensors: CheckpointTensors
    ) throws -> Weights {
        var weights = Weights()
        var unused = Set(tensors.shapes.keys)
        for parameter in graph.parameters {
            guard let source = names.source(of: parameter) else { throw WeightsError.missing(parameter.name) }
            weights[parameter.name] = try tensors.tensor(parameter, named: source)
            unused.remove(source)
        }
        if let extra = unused.min() {
            throw FormatError("the tensor \"\(shortened(extra))\" has no place in the network")
        }
        try weights.check(for: graph)
        return weights
    }
}

/// Tensors of a checkpoint of any format, by name.
///
/// Values are read on demand, so that a file that is no checkpoint takes no more memory than its bytes.
struct CheckpointTensors {
    /// Shapes of the weights. Tensors that are not weights are left out.
    let shapes: [String: [Int]]
    /// Reads the values of a tensor; `nil` if there is no tensor of that name.
    let read: (String) throws -> Tensor?

    /// Prefix that PyTorch's data parallelism adds to every name.
    private static let module = "module."

    /// - Parameter bytes: contents of a file that `torch.save` wrote, or of a safetensors file.
    /// - Throws: ``FormatError`` if the file has another format, is malformed, or needs an unsupported feature.
    init(_ bytes: [UInt8]) throws {
        if TorchCheckpoint.recognizes(bytes) {
            let file = try TorchCheckpoint(bytes)
            self.init(shapes: file.shapes) { try file.tensor($0) }
            return
        }
        guard Safetensors.recognizes(bytes) else {
            throw FormatError(
                "not weights that can be read: neither a file of PyTorch, safetensors, TensorFlow Lite, ONNX nor OpenVINO (.xml)"
            )
        }
        let file = try Safetensors(bytes)
        guard file.metadata["format"] != Model.formatName else { throw FormatError("it is a model of Lookout already") }
        self.init(shapes: file.tensors.mapValues(\.shape)) { file.tensors[$0] }
    }

    private init(shapes: [String: [Int]], read: @escaping (String) throws -> Tensor?) {
        let hasModule = shapes.keys.allSatisfy { $0.hasPrefix(Self.module) }
        let prefix = hasModule ? Self.module : ""
        let named = shapes.map { (String($0.key.dropFirst(prefix.count)), $0.value) }
        self.shapes = Dictionary(named) { first, _ in first }.filter { !CheckpointNames.isIgnored($0.key) }
        self.read = { try read(prefix + $0) }
    }
}
