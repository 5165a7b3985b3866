/// The tensors of a checkpoint of any format, by name. Numbers are read when they are asked for, so a file that turns
/// out to be no network costs no more memory than its bytes.
struct CheckpointTensors {
    /// Without those that are no weights.
    let shapes: [String: [Int]]
    /// The numbers of a tensor; `nil` if there is none of that name.
    let read: (String) throws -> Tensor?

    /// Training on several devices puts this in front of every name.
    private static let module = "module."

    /// - Parameter bytes: a file that `torch.save` wrote, or a safetensors file.
    /// - Throws: ``FormatError`` if it is neither, damaged, or asks for what is refused.
    init(_ bytes: [UInt8]) throws {
        if TorchCheckpoint.recognizes(bytes) {
            let file = try TorchCheckpoint(bytes)
            self.init(shapes: file.shapes) { try file.tensor($0) }
            return
        }
        guard Safetensors.recognizes(bytes) else {
            throw FormatError(
                "not weights that can be read: neither a file of PyTorch, safetensors, TensorFlow Lite nor ONNX")
        }
        let file = try Safetensors(bytes)
        guard file.metadata["format"] != Model.formatName else { throw FormatError("a model of Lookout's already") }
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
