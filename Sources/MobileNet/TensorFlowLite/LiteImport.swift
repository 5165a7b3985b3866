/// Turns a TensorFlow Lite file into a network.
///
/// Its tensors are height × width × channels and row by row, so that the channels of a pixel lie together; the graph's
/// layers see the same numbers as channels × height × width.
struct LiteImport {
    let file: LiteFile
    var builder: NetworkBuilder
    /// What is known of each tensor that operators compute, by its number.
    var values: [Int: Value] = [:]
    /// Constants that an operator has turned into others: half precision to numbers.
    var constants: [Int: Tensor] = [:]
    /// How many operators read each tensor.
    private var uses: [Int: Int] = [:]
    /// Bytes that may still be made of weights: many tensors may share few bytes, but not endlessly.
    private var budget: Int

    struct Value {
        var pending: PendingValue
        /// Zeros that an operator has put around it; the convolution behind takes them along.
        var margins: [Int]?

        init(_ pending: PendingValue) { self.pending = pending }
    }

    /// Reads a network.
    ///
    /// - Throws: ``FormatError`` if the file is damaged, ``GraphError`` for a layer that the engine lacks.
    static func read(_ bytes: [UInt8], size: (width: Int, height: Int)? = nil) throws -> ImportedNetwork {
        let file = try LiteFile(bytes)
        var reader = try LiteImport(file, size: size)
        for (index, operation) in file.operators.enumerated() {
            reader.builder.operation = (index + 1, operation.name)
            try reader.add(operation)
        }
        return try reader.finish()
    }

    private init(_ file: LiteFile, size: (width: Int, height: Int)?) throws {
        guard file.inputs.count == 1 else {
            throw FormatError("\(file.inputs.count) inputs; a network for images has one")
        }
        let tensor = try file.tensor(file.inputs[0])
        var shape = tensor.shape
        if let size, shape.count == 4 { shape = [shape[0], size.height, size.width, shape[3]] }
        guard shape.count == 4, shape[0] <= 1, shape[3] == 3 else {
            throw FormatError("an input of the shape \(shape); an image with three colours is wanted")
        }
        let input = Shape(channels: 3, height: shape[1], width: shape[2])
        guard input.isPossible, input.height <= 4096, input.width <= 4096 else {
            throw FormatError("an image of \(shape[2]) × \(shape[1]) pixels")
        }
        self.file = file
        budget = 8 * file.bytes.count + 1 << 20
        builder = NetworkBuilder(input: input, quantization: try tensor.quantization())
        values[file.inputs[0]] = Value(PendingValue(builder.graph.input))
        for index in file.operators.flatMap(\.inputs).compactMap({ $0 }) + file.outputs { uses[index, default: 0] += 1 }
        if uses[file.inputs[0]] == 1 { builder.foldable.insert(builder.graph.input) }
    }

    private mutating func finish() throws -> ImportedNetwork {
        builder.operation = (file.operators.count + 1, "output")
        guard let number = file.outputs.first else { throw FormatError("the network has no output") }
        let output = try value(of: number)
        let (graph, weights) = try builder.finished(output: output)
        let metadata = LiteMetadata(file)
        var network = ImportedNetwork(graph: graph, weights: weights)
        network.labels = metadata.labels
        network.licence = metadata.licence
        network.normalization = normalization(metadata)
        network.producer = "TensorFlow Lite"
        (network.inputScale, network.inputShift) = (builder.inputScale, builder.inputShift)
        return network
    }

    /// Bytes go in as they are, whatever they stand for. Numbers go in as the metadata says.
    private func normalization(_ metadata: LiteMetadata) -> InputNormalization? {
        if let tensor = try? file.tensor(file.inputs[0]), let quantization = try? tensor.quantization() {
            let mean = Float(quantization.zeroPoint)
            let standardDeviation = 1 / quantization.scale
            return InputNormalization(
                mean: (mean, mean, mean), standardDeviation: (standardDeviation, standardDeviation, standardDeviation))
        }
        return metadata.normalization
    }

    // MARK: - Operators

    private mutating func add(_ operation: LiteFile.Operator) throws {
        guard let output = operation.outputs.first, operation.inputs.first ?? nil != nil else {
            throw builder.error("it reads or computes nothing")
        }
        switch operation.name {
        case "Conv2D", "DepthwiseConv2D": try addConvolution(operation, output)
        case "FullyConnected": try addDense(operation, output)
        case "AveragePool2D", "MaxPool2D", "Mean": try addPool(operation, output)
        case "Add", "Sub", "Mul", "Div": try addArithmetic(operation, output)
        case "Relu", "Relu6", "ReluN1To1", "HardSwish", "Logistic", "Softmax": try addFunction(operation, output)
        case "Reshape", "Squeeze", "ExpandDims": try addReshape(operation, output)
        case "Concatenation": try addConcatenation(operation, output)
        case "ResizeNearestNeighbor": try addResize(operation, output)
        case "Pad", "Padv2": try addPadding(operation, output)
        case "Quantize", "Dequantize": try addConversion(operation, output)
        case "TFLite_Detection_PostProcess": try addDetections(operation, output)
        default: throw builder.error("not supported")
        }
    }

    // MARK: - Tensors

    /// The number of an operator's input.
    func input(_ operation: LiteFile.Operator, _ index: Int) throws(GraphError) -> Int {
        guard operation.inputs.indices.contains(index), let number = operation.inputs[index] else {
            throw builder.error("its input \(index + 1) is missing")
        }
        return number
    }

    /// A value that an operator before has computed.
    func pending(_ number: Int) throws(GraphError) -> PendingValue {
        guard let value = values[number] else {
            throw builder.error("it reads what no operator before it has computed")
        }
        guard value.margins == nil else {
            throw builder.error("not supported: zeros around what is no convolution's input")
        }
        return value.pending
    }

    /// A value, computed.
    mutating func value(of number: Int) throws -> Graph.Value {
        let pending = try pending(number)
        let value = try builder.compute(pending, named: try file.tensor(number).name)
        values[number] = Value(PendingValue(value))
        return value
    }

    /// A value for a layer that computes bytes or numbers.
    mutating func value(of number: Int, asBytes: Bool) throws -> Graph.Value {
        let value = try value(of: number)
        if !asBytes { return try builder.numbers(value) }
        guard builder.graph[value].quantization != nil else { throw builder.error("it makes bytes of numbers") }
        return value
    }

    /// Keeps what an operator computes.
    mutating func keep(_ value: Graph.Value, as number: Int) { keep(PendingValue(value), as: number) }

    mutating func keep(_ pending: PendingValue, as number: Int) {
        values[number] = Value(pending)
        let parameters = builder.graph[pending.base].parameters
        if uses[number] == 1, pending.isBase, !parameters.isEmpty { builder.foldable.insert(pending.base) }
    }

    /// The numbers of a constant.
    mutating func constant(_ number: Int, axis: Int = 0) throws -> Tensor {
        if let constant = constants[number] { return constant }
        let tensor = try file.tensor(number)
        guard tensor.isConstant else { throw builder.error("not supported: weights that are computed") }
        try spend(tensor, MemoryLayout<Float>.size)
        return try tensor.numbers(in: file.bytes, axis: axis)
    }

    func isConstant(_ number: Int) throws -> Bool {
        if constants[number] != nil { return true }
        return try values[number] == nil && file.tensor(number).isConstant
    }

    /// The whole numbers of a constant, as they are.
    mutating func quantizedConstant(_ number: Int, defaultScales: [Float] = []) throws -> QuantizedTensor {
        let tensor = try file.tensor(number)
        guard tensor.isConstant else { throw builder.error("not supported: weights that are computed") }
        try spend(tensor, 1)
        return try tensor.quantized(in: file.bytes, defaultScales: defaultScales)
    }

    private mutating func spend(_ tensor: LiteTensor, _ bytesEach: Int) throws {
        budget -= bytesEach * min(Extents.count(tensor.shape) ?? 0, tensor.data.count)
        guard budget >= 0 else { throw FormatError("its tensors use the same bytes again and again") }
    }

    /// The activation that an operator carries along, applied to what it computes.
    mutating func finish(_ value: Graph.Value, _ activation: Int8, output: Int) throws {
        guard let activation = LiteActivation(rawValue: activation) else {
            throw builder.error("not supported: its activation function")
        }
        keep(PendingValue(value, quantization: builder.graph[value].quantization), as: output)
        guard activation != .none else { return }
        let pending = try pending(output)
        guard let clamped = pending.clamped(activation.bounds.lower, activation.bounds.upper) else { return }
        values[output] = Value(clamped)
        _ = try self.value(of: output)
    }
}
