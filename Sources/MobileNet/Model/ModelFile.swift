/// Reading and writing a ``Model``.
extension Model {
    /// The extension of the files.
    public static let fileExtension = "safetensors"

    private enum Key {
        static let format = "format"
        static let name = "name"
        static let architecture = "architecture"
        static let resolution = "resolution"
        static let classes = "classes"
        static let labels = "labels"
        static let mean = "mean"
        static let deviation = "deviation"
        static let source = "source"
        static let licence = "licence"
    }

    /// The value of ``Key/format``, with the version of what the other keys mean.
    private static let formatName = "lookout-1"

    // MARK: - Reading

    /// Reads a model.
    ///
    /// - Throws: ``FileError`` if the file cannot be read, is damaged, or is another kind of file.
    public static func read(_ path: String) throws(FileError) -> Model {
        let bytes = try Files.read(path)
        do {
            guard !TorchCheckpoint.recognizes(bytes) else {
                throw FormatError("a PyTorch checkpoint; `lookout model import` makes a model of it")
            }
            return try Model(Safetensors(bytes))
        } catch {
            throw FileError(path: path, kind: .malformed, reason: "\(error)")
        }
    }

    init(_ file: Safetensors) throws {
        let fields = Fields(metadata: file.metadata)
        guard file.metadata[Key.format] == Self.formatName else {
            throw FormatError(
                "a safetensors file, but not one of Lookout's models; `lookout model import` makes one of a checkpoint")
        }
        guard let architecture = Architecture(rawValue: try fields.text(Key.architecture)) else {
            throw FormatError("the architecture \"\(shortened(try fields.text(Key.architecture)))\" is not known")
        }
        let labels = Labels(names: try fields.text(Key.labels).split(separator: "\n").map(String.init))
        guard try fields.number(Key.classes) == labels.names.count else {
            throw FormatError("\(labels.names.count) labels for \(try fields.number(Key.classes)) classes")
        }
        self.init(
            name: try fields.text(Key.name), architecture: architecture,
            resolution: try fields.number(Key.resolution), labels: labels,
            normalization: try fields.normalization(),
            source: file.metadata[Key.source] ?? "", licence: file.metadata[Key.licence] ?? "",
            weights: Weights(file.tensors))
        try check()
    }

    /// Whether the weights are those of the network.
    private func check() throws {
        guard (32...1024).contains(resolution), resolution.isMultiple(of: 32) else {
            throw FormatError("a resolution of \(resolution) is not a multiple of 32 from 32 to 1024")
        }
        try weights.check(for: graph())
    }

    /// The metadata, read with complaints.
    private struct Fields {
        let metadata: [String: String]

        func text(_ key: String) throws(FormatError) -> String {
            guard let value = metadata[key] else { throw FormatError("the metadata has no \"\(key)\"") }
            return value
        }

        func number(_ key: String) throws(FormatError) -> Int {
            guard let value = Int(try text(key)), value > 0 else {
                throw FormatError("the metadata's \"\(key)\" is no number: \"\(shortened(try text(key)))\"")
            }
            return value
        }

        /// A mean and a deviation of which numbers can be made that a network can take.
        func normalization() throws(FormatError) -> InputNormalization {
            let mean = try triple(Key.mean)
            let deviation = try triple(Key.deviation)
            let smallest: Float = 1e-6
            guard [deviation.0, deviation.1, deviation.2].allSatisfy({ $0 >= smallest }) else {
                throw FormatError("the metadata's \"\(Key.deviation)\" is not three numbers above zero")
            }
            return InputNormalization(mean: mean, deviation: deviation)
        }

        /// Three numbers, one for each colour, of a size that means something.
        func triple(_ key: String) throws(FormatError) -> (Float, Float, Float) {
            let values = try text(key).split(separator: " ").compactMap { Float($0) }
            guard values.count == 3, values.allSatisfy({ abs($0) <= 1e6 }) else {
                throw FormatError("the metadata's \"\(key)\" is not three numbers: \"\(shortened(try text(key)))\"")
            }
            return (values[0], values[1], values[2])
        }
    }

    // MARK: - Writing

    /// Writes the model, replacing the file at once.
    ///
    /// - Throws: ``FileError``.
    public func write(_ path: String) throws(FileError) {
        let file = Safetensors(tensors: weights.tensors, metadata: metadata)
        do {
            try Files.write(path, file.encoded())
        } catch let error as FileError {
            throw error
        } catch {
            throw FileError(path: path, kind: .unwritable, reason: "\(error)")
        }
    }

    /// What the file says of the model.
    var metadata: [String: String] {
        [
            Key.format: Self.formatName,
            Key.name: name,
            Key.architecture: architecture.rawValue,
            Key.resolution: "\(resolution)",
            Key.classes: "\(labels.names.count)",
            Key.labels: labels.names.joined(separator: "\n"),
            Key.mean: Self.text(normalization.mean),
            Key.deviation: Self.text(normalization.deviation),
            Key.source: source,
            Key.licence: licence,
        ]
    }

    private static func text(_ values: (Float, Float, Float)) -> String { "\(values.0) \(values.1) \(values.2)" }
}
