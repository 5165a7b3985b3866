import Basics
import FoundationEssentials

// Model files.
extension Model {
    /// File extension of models.
    public static let fileExtension = "safetensors"

    private enum Key {
        static let format = "format"
        static let name = "name"
        static let architecture = "architecture"
        static let scaling = "scaling"
        static let padding = "padding"
        static let epsilon = "epsilon"
        static let resolution = "resolution"
        static let graph = "graph"
        static let activation = "activation"
        static let background = "background"
        static let colours = "colours"
        static let classes = "classes"
        static let labels = "labels"
        static let mean = "mean"
        // Published in files: the key stays.
        static let standardDeviation = "deviation"
        static let source = "source"
        static let licence = "licence"
    }

    /// Names of ``ConvolutionStyle/padding`` in files.
    private enum PaddingName: String, CaseIterable {
        case symmetric, same
    }

    /// Supported heights and widths of the input of a known architecture, in pixels.
    public static let resolutions = 32...1024

    /// Value of ``Key/format``, with the version of the other keys.
    static let formatName = "lookout-1"
    /// Value of ``Key/format`` for networks whose arithmetic older versions do not know. They refuse it.
    static let secondFormatName = "lookout-2"

    // MARK: - Reading

    /// Reads a model file.
    ///
    /// - Parameter path: path of a safetensors file that ``write(_:)`` wrote.
    /// - Throws: ``FileError`` if the file cannot be read, is malformed, or is another kind of file.
    public static func read(_ path: String) throws(FileError) -> Model {
        let bytes = try Files.read(path)
        do {
            guard !TorchCheckpoint.recognizes(bytes) else {
                throw FormatError("a PyTorch checkpoint; `lookout model import` makes a model of it")
            }
            return try Model(Safetensors(bytes))
        } catch {
            throw FileError(path: path, contents: error)
        }
    }

    init(_ file: Safetensors) throws {
        let fields = Fields(metadata: file.metadata)
        guard [Self.formatName, Self.secondFormatName].contains(file.metadata[Key.format]) else {
            throw FormatError(
                "a safetensors file, but not one of Lookout's models; `lookout model import` makes one of a checkpoint")
        }
        self.init(
            name: try fields.text(Key.name), network: try fields.network(), labels: try fields.labels(),
            head: try fields.head(), normalization: try fields.normalization(),
            source: file.metadata[Key.source] ?? "", licence: file.metadata[Key.licence] ?? "",
            weights: Weights(file.tensors, quantized: file.quantized))
        try check()
    }

    /// Checks that weights and labels fit the network.
    ///
    /// - Throws: ``FormatError``, ``GraphError``, ``WeightsError``.
    private func check() throws {
        let graph = try graph()
        let output = graph[graph.output]
        let classes =
            if case .detections(let parameters) = output.layer {
                parameters.classes
            } else {
                output.shape.isVector ? output.shape.channels : 0
            }
        guard labels.names.count == classes else {
            throw FormatError("\(labels.names.count) labels for \(classes) classes")
        }
        try weights.check(for: graph)
    }

    /// Metadata of a file, with the errors that name the key.
    private struct Fields {
        let metadata: [String: String]

        func text(_ key: String) throws(FormatError) -> String {
            guard let value = metadata[key] else { throw FormatError("the metadata has no \"\(key)\"") }
            return value
        }

        func labels() throws(FormatError) -> Labels {
            let labels = Labels(names: try text(Key.labels).split(separator: "\n").map(String.init))
            guard try count(Key.classes) == labels.names.count else {
                throw FormatError("\(labels.names.count) labels for \(try count(Key.classes)) classes")
            }
            return labels
        }

        func network() throws(FormatError) -> Network {
            if let json = metadata[Key.graph] { return .graph(try graph(json)) }
            let architecture = try architecture()
            let resolution = try number(Key.resolution)
            guard Model.resolutions.contains(resolution) else {
                throw FormatError("a resolution of \(resolution) is not from 32 to 1024")
            }
            return .architecture(architecture, resolution: resolution)
        }

        /// Reads the architecture. Older files have no style; theirs is the family's usual one.
        private func architecture() throws(FormatError) -> Architecture {
            let name = try text(Key.architecture)
            guard var architecture = Architecture(rawValue: name) else {
                throw FormatError("the architecture \"\(shortened(name))\" is not known")
            }
            if metadata[Key.scaling] != nil { architecture.scaling = try choice(Key.scaling) }
            if metadata[Key.padding] != nil {
                architecture.style.padding = try choice(Key.padding) as PaddingName == .same ? .same : .symmetric
            }
            if let epsilon = metadata[Key.epsilon] {
                guard let value = Float(epsilon), (0...1).contains(value) else {
                    throw FormatError("the metadata's \"\(Key.epsilon)\" is not from 0 to 1: \"\(shortened(epsilon))\"")
                }
                architecture.style.epsilon = value
            }
            return architecture
        }

        /// Reads a value of an enumeration.
        private func choice<T: RawRepresentable<String> & CaseIterable>(_ key: String) throws(FormatError) -> T {
            guard let value = T(rawValue: try text(key)) else {
                let choices = T.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
                throw FormatError("the metadata's \"\(key)\" is none of \(choices): \"\(shortened(try text(key)))\"")
            }
            return value
        }

        private func graph(_ json: String) throws(FormatError) -> Graph {
            do {
                return try JSONDecoder().decode(Graph.self, from: Data(json.utf8))
            } catch let error as GraphError {
                throw FormatError("its graph: \(error)")
            } catch {
                throw FormatError("its graph is malformed")
            }
        }

        /// Reads the interpretation of the output. Older files have no activation; theirs is softmax.
        func head() throws(FormatError) -> Head {
            let name = metadata[Key.activation] ?? Head.Activation.softmax.rawValue
            guard let activation = Head.Activation(rawValue: name) else {
                throw FormatError("the metadata's \"\(Key.activation)\" is not known: \"\(shortened(name))\"")
            }
            return Head(activation: activation, hasBackground: metadata[Key.background] == "true")
        }

        func number(_ key: String) throws(FormatError) -> Int {
            let value = try count(key)
            guard value > 0 else { throw FormatError("the metadata's \"\(key)\" is zero") }
            return value
        }

        func count(_ key: String) throws(FormatError) -> Int {
            guard let value = Int(try text(key)), value >= 0 else {
                throw FormatError("the metadata's \"\(key)\" is not a number: \"\(shortened(try text(key)))\"")
            }
            return value
        }

        /// Reads the normalization. Its values are checked: the normalized input must be finite.
        func normalization() throws(FormatError) -> InputNormalization {
            let mean = try triple(Key.mean)
            let standardDeviation = try triple(Key.standardDeviation)
            let smallest: Float = 1e-6
            guard [standardDeviation.0, standardDeviation.1, standardDeviation.2].allSatisfy({ $0 >= smallest }) else {
                throw FormatError("the metadata's \"\(Key.standardDeviation)\" is not three values above zero")
            }
            guard let colours = InputNormalization.Colours(rawValue: metadata[Key.colours] ?? "rgb") else {
                throw FormatError("the metadata's \"\(Key.colours)\" is neither rgb nor bgr")
            }
            return InputNormalization(mean: mean, standardDeviation: standardDeviation, colours: colours)
        }

        /// Reads a value for each of the three channels, with an absolute value of at most a million.
        func triple(_ key: String) throws(FormatError) -> (Float, Float, Float) {
            let values = try text(key).split(separator: " ").compactMap { Float($0) }
            guard values.count == 3, values.allSatisfy({ abs($0) <= 1e6 }) else {
                throw FormatError("the metadata's \"\(key)\" is not three values: \"\(shortened(try text(key)))\"")
            }
            return (values[0], values[1], values[2])
        }
    }

    // MARK: - Writing

    /// Writes the model to a file. An existing file is replaced atomically.
    ///
    /// - Throws: ``FileError`` if the file cannot be written.
    public func write(_ path: String) throws(FileError) {
        do {
            let file = Safetensors(tensors: weights.tensors, quantized: weights.quantized, metadata: try metadata)
            try Files.write(path, file.encoded())
        } catch let error as FileError {
            throw error
        } catch {
            throw FileError(path: path, kind: .unwritable, reason: "\(error)")
        }
    }

    /// Metadata of the model's file.
    var metadata: [String: String] {
        get throws {
            let fields = [
                Key.format: try graph().requantization == .fixedPoint ? Self.formatName : Self.secondFormatName,
                Key.name: name,
                Key.classes: "\(labels.names.count)",
                Key.labels: labels.names.joined(separator: "\n"),
                Key.activation: head.activation.rawValue,
                Key.background: "\(head.hasBackground)",
                Key.mean: Self.text(normalization.mean),
                Key.standardDeviation: Self.text(normalization.standardDeviation),
                Key.colours: normalization.colours.rawValue,
                Key.source: source,
                Key.licence: licence,
            ]
            return try fields.merging(networkFields) { first, _ in first }
        }
    }

    private var networkFields: [String: String] {
        get throws {
            switch network {
            case .architecture(let architecture, let resolution):
                let padding: PaddingName = architecture.style.padding == .same ? .same : .symmetric
                return [
                    Key.architecture: architecture.rawValue,
                    Key.scaling: architecture.scaling.rawValue,
                    Key.padding: padding.rawValue,
                    Key.epsilon: "\(architecture.style.epsilon)",
                    Key.resolution: "\(resolution)",
                ]
            case .graph(let graph):
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                return [Key.graph: String(decoding: try encoder.encode(graph), as: UTF8.self)]
            }
        }
    }

    private static func text(_ values: (Float, Float, Float)) -> String { "\(values.0) \(values.1) \(values.2)" }
}
