/// Importer of ONNX files.
struct OnnxImport {
    let file: OnnxFile
    var builder: NetworkBuilder
    /// Values that depend on the input, by name.
    var values: [String: OnnxValue] = [:]
    /// Constants, by name.
    var constants: [String: OnnxConstant] = [:]
    /// Indices of the nodes that read each value.
    private(set) var users: [String: [Int]] = [:]
    /// Bytes of memory left for constants. The budget is proportional to the file's size.
    private var budget: Int

    /// Imports a network.
    ///
    /// - Parameters:
    ///   - bytes: contents of the file.
    ///   - size: width and height of the input in pixels; required if the file leaves them open.
    ///   - postProcessing: post-processing of a detector that the file does not contain.
    /// - Throws: ``FormatError`` if the file is malformed, ``GraphError`` for an unsupported operation,
    ///   ``ImportOptionMissing`` if `size` is required.
    static func read(
        _ bytes: [UInt8], size: (width: Int, height: Int)? = nil, postProcessing: DetectionPostProcessing? = nil
    ) throws -> ImportedNetwork {
        try read(OnnxFile(bytes), size: size, postProcessing: postProcessing)
    }

    /// Imports a network whose file was parsed.
    static func read(
        _ file: OnnxFile, size: (width: Int, height: Int)? = nil, postProcessing: DetectionPostProcessing? = nil
    ) throws -> ImportedNetwork {
        var reader = try OnnxImport(file, size: size)
        for (index, node) in file.nodes.enumerated() {
            reader.builder.operation = (index + 1, node.operation)
            do {
                try reader.visit(node)
                for name in node.inputs { reader.drop(name) }
            } catch let error as FormatError where !error.isOutOfMemory {
                throw reader.builder.error(error.reason)
            }
        }
        return try reader.finish(postProcessing)
    }

    private init(_ file: OnnxFile, size: (width: Int, height: Int)?) throws {
        // Old files list the weights among the inputs.
        let inputs = file.inputs.filter { file.weights[$0.name] == nil }
        guard inputs.count == 1, let port = inputs.first else {
            throw FormatError("\(inputs.count) inputs; a network for images has one")
        }
        guard file.version == 0 || file.version >= 7 else {
            throw FormatError(
                "operator set \(file.version); version 9 or later is required; `onnx.version_converter` converts the file"
            )
        }
        self.file = file
        let (shape, dimensions) = try Self.input(port, size)
        builder = NetworkBuilder(input: shape)
        budget = 12 * file.bytes.count + 4 << 20
        values[port.name] = OnnxValue(PendingValue(builder.graph.input), dimensions, of: shape)
        for (index, node) in file.nodes.enumerated() {
            for name in node.inputs { users[name, default: []].append(index) }
        }
        if users[port.name]?.count == 1 { builder.foldable.insert(builder.graph.input) }
    }

    /// Returns the shape of the input, and its dimensions: with the channels first or last.
    private static func input(
        _ port: OnnxFile.Port, _ size: (width: Int, height: Int)?
    ) throws -> (Shape, [[OnnxValue.Factor]]) {
        let extents = port.shape
        guard extents.count == 4, extents[0] ?? 1 == 1 || extents[0] ?? 1 <= 256 else {
            throw FormatError(
                "the input \"\(shortened(port.name))\" is not an image: its extents are \(extents.map { $0 ?? -1 })")
        }
        let isLast = extents[3] == 3 && extents[1] != 3
        let rows = isLast ? extents[1] : extents[2]
        let columns = isLast ? extents[2] : extents[3]
        guard (isLast ? extents[3] : extents[1]) ?? 3 == 3 else {
            throw FormatError(
                "an input of \((isLast ? extents[3] : extents[1]) ?? 0) channels; an image with three colours is wanted"
            )
        }
        guard let height = rows ?? size?.height, let width = columns ?? size?.width else {
            throw ImportOptionMissing(
                "the file leaves the size of the image open; --input WIDTHxHEIGHT says what it is to be")
        }
        if let size, (width, height) != (size.width, size.height) {
            throw FormatError(
                "the file is for images of \(width) × \(height), and not of \(size.width) × \(size.height)")
        }
        guard (1...4096).contains(width), (1...4096).contains(height) else {
            throw FormatError("an image of \(width) × \(height) pixels; from 1 to 4096 are supported")
        }
        return (
            Shape(channels: 3, height: height, width: width), isLast ? OnnxValue.channelsLast : OnnxValue.channelsFirst
        )
    }

    private mutating func finish(_ postProcessing: DetectionPostProcessing?) throws -> ImportedNetwork {
        builder.operation = (file.nodes.count + 1, "output")
        let names = file.outputs.map(\.name).filter { values[$0] != nil }
        guard let name = names.first else { throw FormatError("no output depends on the input") }
        let output = try postProcessing.map { try detections(of: names, $0) } ?? compute(name)
        let (graph, weights) = try builder.finished(output: output)
        var network = ImportedNetwork(graph: graph, weights: weights)
        network.producer = file.producer
        network.labels = file.labels
        network.colours = file.colours
        (network.inputScale, network.inputShift) = (builder.inputScale, builder.inputShift)
        return network
    }

    /// Appends the post-processing of a detector to its outputs.
    private mutating func detections(
        of names: [String], _ postProcessing: DetectionPostProcessing
    ) throws -> Graph.Value {
        var tables: [Graph.Value] = []
        for name in names { tables.append(try table(name, rows: postProcessing.rows)) }
        let places = try DetectionPostProcessing.places(
            of: zip(names, tables).map { ($0, builder.graph[$1].shape.channels) })
        return try postProcessing.append(
            boxes: tables[places.boxes], scores: tables[places.scores], .onnx, to: &builder)
    }

    // MARK: - Nodes

    private mutating func visit(_ node: OnnxFile.Node) throws {
        guard let output = node.outputs.first else { throw builder.error("it computes nothing") }
        let isIntels = node.domain == OpenVINOOperator.domain && OpenVINOOperator.own.contains(node.operation)
        guard ["", "ai.onnx"].contains(node.domain) || isIntels else {
            throw builder.error("not supported: an operation of \"\(shortened(node.domain))\"")
        }
        if node.operation == "Shape", let value = node.inputs.first.flatMap({ values[$0] }) {
            constants[output] = OnnxConstant(value.extents(builder.graph[value.pending.base].shape))
            return
        }
        if node.inputs.allSatisfy({ values[$0] == nil }) { return try evaluate(node, output) }
        switch node.operation {
        case "Conv", "ConvTranspose": try addConvolution(node, output)
        case "Gemm", "MatMul": try addDense(node, output)
        case "BatchNormalization": try addNormalization(node, output)
        case "Add", "Sub", "Mul", "Div", "Max", "Min", "Sum": try addArithmetic(node, output)
        case "Relu", "Clip", "HardSwish", "HardSigmoid", "Sigmoid", "Softmax": try addFunction(node, output)
        case "GlobalAveragePool", "AveragePool", "MaxPool", "ReduceMean": try addPool(node, output)
        case "Identity", "Dropout", "Cast": values[output] = values[node.inputs[0]]
        case "Flatten", "Reshape", "Squeeze", "Unsqueeze", "Transpose": try addReshape(node, output)
        case "Concat": try addConcatenation(node, output)
        case "Resize", "Upsample": try addResize(node, output)
        case "Pad": try addPadding(node, output)
        case "QuantizeLinear", "DequantizeLinear": try addConversion(node, output)
        case "DetectionOutput" where isIntels: try addDetectionOutput(node, output)
        default: throw builder.error("not supported")
        }
    }

    private mutating func evaluate(_ node: OnnxFile.Node, _ output: String) throws {
        var inputs: [OnnxConstant?] = []
        for name in node.inputs { inputs.append(name.isEmpty ? nil : try constant(name)) }
        let result: OnnxConstant? =
            switch node.operation {
            case "DequantizeLinear": try dequantized(node, inputs)
            case "QuantizeLinear": try quantized(node, inputs)
            case "PriorBox", "PriorBoxClustered": try PriorBoxes.evaluate(node, inputs)
            default: try OnnxEvaluation.evaluate(node, inputs, version: file.version, bytes: file.bytes)
            }
        guard let result else { throw builder.error("not supported, with constants of these shapes") }
        try spend(result)
        constants[output] = result
    }

    // MARK: - Values

    /// Returns a constant by name. Weights of the file are read on demand.
    mutating func constant(_ name: String) throws -> OnnxConstant {
        if let constant = constants[name] { return constant }
        guard let tensor = file.weights[name] else {
            throw builder.error(
                values[name] == nil
                    ? "it reads \"\(shortened(name))\", which nothing before it computes"
                    : "not supported: weights that are computed")
        }
        let constant = try tensor.constant(in: file.bytes)
        try spend(constant)
        constants[name] = constant
        return constant
    }

    private mutating func spend(_ constant: OnnxConstant) throws {
        budget -= constant.byteCount
        guard budget >= 0 else { throw FormatError("its constants are too large for a file of this size") }
    }

    /// Frees a constant that only the current operation needs.
    private mutating func drop(_ name: String) {
        guard users[name]?.count == 1, let constant = constants.removeValue(forKey: name) else { return }
        budget += constant.byteCount
    }

    /// Returns a constant optional input; `nil` if it is missing.
    mutating func optionalConstant(_ node: OnnxFile.Node, _ place: Int) throws -> OnnxConstant? {
        guard node.inputs.indices.contains(place), !node.inputs[place].isEmpty else { return nil }
        return try constant(node.inputs[place])
    }

    /// Returns the value of an input, by its index.
    ///
    /// - Parameter withMargins: whether the caller handles zero padding of the value.
    func input(_ node: OnnxFile.Node, _ place: Int = 0, withMargins: Bool = false) throws -> OnnxValue {
        guard node.inputs.indices.contains(place), let value = values[node.inputs[place]] else {
            throw builder.error("its input \(place + 1) is missing")
        }
        guard withMargins || value.margins == nil else {
            throw builder.error("not supported: padding of a value that is not a convolution's input")
        }
        return value
    }

    func shape(_ value: OnnxValue) -> Shape { builder.graph[value.pending.base].shape }

    /// Appends the layers that compute a value.
    mutating func compute(_ name: String) throws -> Graph.Value {
        guard let value = values[name] else { throw builder.error("\"\(shortened(name))\" is missing") }
        let result = try builder.compute(value.pending, named: name)
        values[name]?.pending = PendingValue(result)
        return result
    }

    /// Computes the operands of a layer: quantized if the layer's output and all operands are, else float32.
    ///
    /// - Returns: the operands, and the quantization of the output; `nil` for float32.
    mutating func operands(_ names: [String], of output: String) throws -> ([Graph.Value], Quantization?) {
        var results: [Graph.Value] = []
        for name in names { results.append(try compute(name)) }
        if let quantization = try quantizationAhead(output),
            results.allSatisfy({ builder.graph[$0].quantization != nil })
        {
            return (results, quantization)
        }
        for index in results.indices { results[index] = try builder.dequantized(results[index]) }
        return (results, nil)
    }

    /// Stores the output of a layer.
    mutating func keep(_ value: Graph.Value, _ dimensions: [[OnnxValue.Factor]], as output: String) {
        values[output] = OnnxValue(PendingValue(value), dimensions, of: builder.graph[value].shape)
        if hasOneUser(output), !builder.graph[value].parameters.isEmpty { builder.foldable.insert(value) }
    }

    /// Whether exactly one node reads a value, and it is not an output of the network.
    func hasOneUser(_ name: String) -> Bool {
        users[name]?.count == 1 && !file.outputs.contains { $0.name == name }
    }

    func onlyUser(of name: String) -> OnnxFile.Node? {
        hasOneUser(name) ? users[name]?.first.map { file.nodes[$0] } : nil
    }
}
