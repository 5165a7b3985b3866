/// Importer of networks of OpenVINO: an XML file with the layers, and a binary file with the weights.
///
/// OpenVINO's operators are those of ONNX with other names and attributes. So the layers become ONNX's nodes, and
/// ``OnnxImport`` builds the graph.
struct OpenVINOImport {
    private let file: OpenVINOFile
    private let bytes: [UInt8]
    private var nodes: [OnnxFile.Node] = []
    private var weights: [String: OnnxTensor] = [:]
    private var inputs: [OnnxFile.Port] = []
    private var outputs: [OnnxFile.Port] = []
    /// Input ports of each layer with the values that they read, in the order of the ports.
    private var sources: [Int: [(port: Int, value: OpenVINOFile.Port)]] = [:]
    /// First output port of each layer.
    private var firstOutputs: [Int: Int] = [:]

    /// Name of the format in ``ImportedNetwork/producer``.
    static let producer = "OpenVINO"

    /// Imports a network.
    ///
    /// - Parameters:
    ///   - bytes: contents of the XML file.
    ///   - weights: contents of the binary file.
    ///   - size: width and height of the input in pixels; required if the file leaves them open.
    /// - Throws: ``FormatError`` if a file is malformed, ``GraphError`` for an unsupported operator,
    ///   ``ImportOptionMissing`` if `size` is required.
    static func read(
        _ bytes: [UInt8], weights: [UInt8], size: (width: Int, height: Int)? = nil
    ) throws -> ImportedNetwork {
        let file = try OpenVINOFile(bytes)
        var reader = try OpenVINOImport(file, weights)
        for layer in try reader.sorted() { try reader.add(layer) }
        let translated = try OnnxFile(
            nodes: reader.nodes, weights: reader.weights, inputs: reader.inputs, outputs: reader.outputs,
            bytes: weights, version: 13, producer: producer)
        var network = try OnnxImport.read(translated, size: size)
        network.labels = file.labels ?? knownLabels(of: file.name)
        return network
    }

    /// Returns the labels of a network of the Open Model Zoo whose file does not contain them; `nil` if it is not known.
    ///
    /// - Parameter name: name of the network when it was converted.
    private static func knownLabels(of name: String) -> [String]? {
        // "person-vehicle-bike-detection-2000" to "-2004": README.md of each in open_model_zoo.
        name.hasPrefix("person-vehicle-bike-detection-20") ? ["vehicle", "person", "bike"] : nil
    }

    private init(_ file: OpenVINOFile, _ bytes: [UInt8]) throws(FormatError) {
        self.file = file
        self.bytes = bytes
        for layer in file.layers {
            guard firstOutputs.updateValue(layer.outputs.first ?? 0, forKey: layer.id) == nil else {
                throw FormatError("two layers with the number \(layer.id)")
            }
        }
        for (target, source) in file.edges {
            guard firstOutputs[source.layer] != nil, firstOutputs[target.layer] != nil else {
                throw FormatError("an edge from \(source.layer) to \(target.layer), one of which is no layer")
            }
            sources[target.layer, default: []].append((target.port, source))
        }
        for layer in sources.keys { sources[layer]?.sort { $0.port < $1.port } }
    }

    /// Returns the layers in execution order (Kahn, 1962): of those that can run, the first in the file.
    ///
    /// - Throws: ``FormatError`` if layers depend on each other in a cycle.
    private func sorted() throws(FormatError) -> [OpenVINOFile.Layer] {
        var users: [Int: [Int]] = [:]
        var open: [Int: Int] = [:]
        let places = Dictionary(uniqueKeysWithValues: file.layers.enumerated().map { ($0.element.id, $0.offset) })
        for (target, source) in file.edges {
            users[source.layer, default: []].append(target.layer)
            open[target.layer, default: 0] += 1
        }
        var ready = file.layers.indices.filter { open[file.layers[$0].id] == nil }
        var result: [OpenVINOFile.Layer] = []
        while let next = ready.popLast() {
            result.append(file.layers[next])
            for user in users[file.layers[next].id] ?? [] {
                open[user, default: 0] -= 1
                if open[user] == 0, let place = places[user] { ready.append(place) }
            }
        }
        guard result.count == file.layers.count else { throw FormatError("its layers depend on each other in a cycle") }
        return result
    }

    // MARK: - Layers

    private mutating func add(_ layer: OpenVINOFile.Layer) throws {
        do throws(FormatError) {
            switch layer.type {
            case "Parameter": try addInput(layer)
            case "Const": try addConstant(layer)
            case "Result":
                for name in names(of: layer) { outputs.append(OnnxFile.Port(name: name)) }
            default: nodes.append(try OpenVINOOperator.node(layer, inputs: names(of: layer), output: name(of: layer)))
            }
        } catch {
            throw GraphError(layer: "\(layer.type) \(shortened(layer.name))", index: layer.index, reason: error.reason)
        }
    }

    /// Returns the name of the value that a layer computes.
    private func name(of layer: OpenVINOFile.Layer) -> String { "\(layer.id)" }

    /// Returns the names of the values that a layer reads. Other outputs than the first of a layer are computed by
    /// nothing.
    private func names(of layer: OpenVINOFile.Layer) -> [String] {
        (sources[layer.id] ?? []).map { _, value in
            firstOutputs[value.layer] == value.port ? "\(value.layer)" : "\(value.layer), output \(value.port)"
        }
    }

    private mutating func addInput(_ layer: OpenVINOFile.Layer) throws(FormatError) {
        let extents = try OpenVINOOperator.list(layer.attributes["shape"] ?? "") { text in
            text == "?" || text == "-1" ? -1 : Int(text)
        }
        inputs.append(OnnxFile.Port(name: name(of: layer), shape: extents.map { $0 > 0 ? $0 : nil }))
    }

    private mutating func addConstant(_ layer: OpenVINOFile.Layer) throws(FormatError) {
        let types: [String: ElementType] = [
            "f16": .float16, "bf16": .bfloat16, "f32": .float32, "f64": .float64, "i64": .int64, "i32": .int32,
            "i16": .int16, "i8": .int8, "u8": .uint8, "boolean": .bool,
        ]
        guard let type = types[layer.attributes["element_type"] ?? ""] else {
            throw FormatError(
                "values of the type \(shortened(layer.attributes["element_type"] ?? "")) are not supported")
        }
        let shape = try OpenVINOOperator.list(layer.attributes["shape"] ?? "") { Int($0) }
        guard let count = Extents.count(shape), shape.count <= StoredTensor.mostDimensions,
            let offset = Int(layer.attributes["offset"] ?? ""), let size = Int(layer.attributes["size"] ?? ""),
            case let (wanted, overflows) = count.multipliedReportingOverflow(by: type.size), !overflows, size == wanted,
            offset >= 0, size <= bytes.count, offset <= bytes.count - size
        else {
            throw FormatError(
                "its values do not lie in the file of weights, which has \(bytes.count) bytes: is it the network's?")
        }
        weights[name(of: layer)] = OnnxTensor(name: layer.name, type: type, shape: shape, in: offset..<offset + size)
    }
}
