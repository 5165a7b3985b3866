/// Importer of TensorFlow Lite files.
///
/// TensorFlow Lite's tensors are `[N, H, W, C]`; those of the graph are `[N, C, H, W]`.
struct TensorFlowLiteImport {
    let file: TensorFlowLiteFile
    var builder: NetworkBuilder
    /// Outputs of operators, by the index of the tensor.
    var values: [Int: Value] = [:]
    /// Outputs of operators that convert constants from float16.
    var constants: [Int: Tensor] = [:]
    /// Number of operators that read each tensor.
    private var uses: [Int: Int] = [:]
    /// Bytes of memory left for weights. Tensors may share bytes of the file, but a small file must not become large.
    private var budget: Int

    struct Value {
        var pending: PendingValue
        /// Zero padding (top, bottom, left, right), which becomes part of the next convolution; `nil` for none.
        var margins: [Int]?

        init(_ pending: PendingValue) { self.pending = pending }
    }

    /// Imports a network.
    ///
    /// - Parameters:
    ///   - bytes: contents of the file.
    ///   - size: width and height of the input in pixels; `nil` for those of the file.
    ///   - postProcessing: post-processing of a detector that the file does not contain.
    /// - Throws: ``FormatError`` if the file is malformed, ``GraphError`` for an unsupported operator.
    static func read(
        _ bytes: [UInt8], size: (width: Int, height: Int)? = nil, postProcessing: DetectionPostProcessing? = nil
    ) throws -> ImportedNetwork {
        let file = try TensorFlowLiteFile(bytes)
        var reader = try TensorFlowLiteImport(file, size: size)
        for (index, operation) in file.operators.enumerated() {
            reader.builder.operation = (index + 1, operation.name)
            try reader.add(operation)
        }
        return try reader.finish(postProcessing)
    }

    private init(_ file: TensorFlowLiteFile, size: (width: Int, height: Int)?) throws {
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
            throw FormatError("an image of \(shape[2]) × \(shape[1]) pixels; from 1 to 4096 are supported")
        }
        self.file = file
        budget = 8 * file.bytes.count + 1 << 20
        builder = NetworkBuilder(input: input, quantization: try tensor.quantization())
        values[file.inputs[0]] = Value(PendingValue(builder.graph.input))
        for index in file.operators.flatMap(\.inputs).compactMap({ $0 }) + file.outputs { uses[index, default: 0] += 1 }
        if uses[file.inputs[0]] == 1 { builder.foldable.insert(builder.graph.input) }
    }

    private mutating func finish(_ postProcessing: DetectionPostProcessing?) throws -> ImportedNetwork {
        builder.operation = (file.operators.count + 1, "output")
        guard let number = file.outputs.first else { throw FormatError("the network has no output") }
        let output = try postProcessing.map { try detections($0) } ?? value(of: number)
        let (graph, weights) = try builder.finished(output: output)
        let metadata = TensorFlowLiteMetadata(file)
        var network = ImportedNetwork(graph: graph, weights: weights)
        network.labels = metadata.labels
        network.licence = metadata.licence
        network.normalization = normalization(metadata)
        network.producer = "TensorFlow Lite"
        (network.inputScale, network.inputShift) = (builder.inputScale, builder.inputShift)
        return network
    }

    /// Returns the normalization that leaves a quantized input unchanged, or that of the metadata for a float32 input.
    private func normalization(_ metadata: TensorFlowLiteMetadata) -> InputNormalization? {
        if let tensor = try? file.tensor(file.inputs[0]), let quantization = try? tensor.quantization() {
            let mean = Float(quantization.zeroPoint)
            let standardDeviation = 1 / quantization.scale
            return InputNormalization(
                mean: (mean, mean, mean), standardDeviation: (standardDeviation, standardDeviation, standardDeviation))
        }
        return metadata.normalization
    }

    // MARK: - Operators

    private mutating func add(_ operation: TensorFlowLiteFile.Operator) throws {
        guard let output = operation.outputs.first, operation.inputs.first ?? nil != nil else {
            throw builder.error("it has no input or no output")
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

    /// Returns the index of an input's tensor.
    func input(_ operation: TensorFlowLiteFile.Operator, _ index: Int) throws(GraphError) -> Int {
        guard operation.inputs.indices.contains(index), let number = operation.inputs[index] else {
            throw builder.error("its input \(index + 1) is missing")
        }
        return number
    }

    /// Returns the output of an earlier operator.
    func pending(_ number: Int) throws(GraphError) -> PendingValue {
        guard let value = values[number] else {
            throw builder.error("it reads a tensor that no earlier operator computes")
        }
        guard value.margins == nil else {
            throw builder.error("not supported: padding of a value that is not a convolution's input")
        }
        return value.pending
    }

    /// Appends the layers that compute a value.
    mutating func value(of number: Int) throws -> Graph.Value {
        let pending = try pending(number)
        let value = try builder.compute(pending, named: try file.tensor(number).name)
        values[number] = Value(PendingValue(value))
        return value
    }

    /// Computes a value for a quantized or a float32 layer.
    mutating func value(of number: Int, isQuantized: Bool) throws -> Graph.Value {
        let value = try value(of: number)
        if !isQuantized { return try builder.dequantized(value) }
        guard builder.graph[value].quantization != nil else {
            throw builder.error("its output is quantized, but its input is not")
        }
        return value
    }

    /// Stores the output of an operator.
    mutating func keep(_ value: Graph.Value, as number: Int) { keep(PendingValue(value), as: number) }

    mutating func keep(_ pending: PendingValue, as number: Int) {
        values[number] = Value(pending)
        let parameters = builder.graph[pending.base].parameters
        if uses[number] == 1, pending.isBase, !parameters.isEmpty { builder.foldable.insert(pending.base) }
    }

    /// Returns a constant as float32.
    ///
    /// - Parameter axis: dimension along which scales vary.
    mutating func constant(_ number: Int, axis: Int = 0) throws -> Tensor {
        if let constant = constants[number] { return constant }
        let tensor = try file.tensor(number)
        guard tensor.isConstant else { throw builder.error("not supported: weights that are computed") }
        try spend(tensor, MemoryLayout<Float>.size)
        return try tensor.floats(in: file.bytes, axis: axis)
    }

    func isConstant(_ number: Int) throws -> Bool {
        if constants[number] != nil { return true }
        return try values[number] == nil && file.tensor(number).isConstant
    }

    /// Returns a quantized constant.
    mutating func quantizedConstant(_ number: Int, defaultScales: [Float] = []) throws -> QuantizedTensor {
        let tensor = try file.tensor(number)
        guard tensor.isConstant else { throw builder.error("not supported: weights that are computed") }
        try spend(tensor, 1)
        return try tensor.quantized(in: file.bytes, defaultScales: defaultScales)
    }

    private mutating func spend(_ tensor: TensorFlowLiteTensor, _ bytesEach: Int) throws {
        budget -= bytesEach * min(Extents.count(tensor.shape) ?? 0, tensor.data.count)
        guard budget >= 0 else { throw FormatError("its tensors share bytes, and would take too much memory") }
    }

    /// Stores the output of an operator after its fused activation.
    mutating func finish(_ value: Graph.Value, _ activation: Int8, output: Int) throws {
        guard let activation = TensorFlowLiteActivation(rawValue: activation) else {
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
