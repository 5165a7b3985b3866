/// Operators of OpenVINO as operators of ONNX.
///
/// "Operation Sets in OpenVINO", opset1 to opset13:
/// <https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets.html>.
enum OpenVINOOperator {
    /// Domain of operators that ONNX does not have, also in files of ONNX that Intel's training exports.
    static let domain = "org.openvinotoolkit"

    /// Operators with the same inputs and attributes, or those that ``OnnxImport`` reads by both names.
    private static let names = [
        "Add": "Add", "Subtract": "Sub", "Multiply": "Mul", "Divide": "Div", "Maximum": "Max", "Minimum": "Min",
        "ReLU": "Relu", "Sigmoid": "Sigmoid", "HSwish": "HardSwish", "HSigmoid": "HardSigmoid", "Clamp": "Clip",
        "SoftMax": "Softmax", "Softmax": "Softmax", "Convolution": "Conv", "GroupConvolution": "Conv",
        "MaxPool": "MaxPool", "AvgPool": "AveragePool", "ReduceMean": "ReduceMean", "ReduceProd": "ReduceProd",
        "MatMul": "Gemm", "Reshape": "Reshape", "Transpose": "Transpose", "Squeeze": "Squeeze",
        "Unsqueeze": "Unsqueeze", "Concat": "Concat", "Gather": "Gather", "StridedSlice": "Slice",
        "ShapeOf": "Shape", "Convert": "Cast", "PriorBox": "PriorBox", "PriorBoxClustered": "PriorBoxClustered",
        "DetectionOutput": "DetectionOutput",
    ]
    /// Operators of ``domain``.
    static let own: Set = ["PriorBox", "PriorBoxClustered", "DetectionOutput"]

    /// Returns a layer as a node of ONNX.
    ///
    /// - Throws: ``FormatError`` for an operator that is not supported.
    static func node(
        _ layer: OpenVINOFile.Layer, inputs: [String], output: String
    ) throws(FormatError) -> OnnxFile.Node {
        guard let operation = names[layer.type] else {
            throw FormatError(
                layer.type == "FakeQuantize"
                    ? "not supported: a quantized network of OpenVINO; its FP16 or FP32 file is" : "not supported")
        }
        var node = OnnxFile.Node()
        node.name = layer.name
        node.operation = operation
        node.domain = own.contains(operation) ? domain : ""
        node.inputs = inputs
        node.outputs = [output]
        for (name, text) in layer.attributes { node.attributes[name] = OnnxFile.Attribute(text: text) }
        try adapt(&node)
        return node
    }

    /// Gives the attributes of a node the names and values of ONNX.
    private static func adapt(_ node: inout OnnxFile.Node) throws(FormatError) {
        switch node.operation {
        case "Conv", "MaxPool", "AveragePool": try adaptKernel(&node)
        case "HardSigmoid":
            // min(max(x + 3, 0), 6) / 6
            node.attributes = ["alpha": OnnxFile.Attribute(float: 1 / 6), "beta": OnnxFile.Attribute(float: 0.5)]
        case "Softmax":
            if node.attributes["axis"] == nil { node.attributes["axis"] = OnnxFile.Attribute(integer: 1) }
        case "ReduceMean", "ReduceProd":
            node.attributes["keepdims"] = node.attributes["keep_dims"] ?? OnnxFile.Attribute(integer: 0)
        case "Gemm":
            node.attributes["transA"] = node.attributes["transpose_a"]
            node.attributes["transB"] = node.attributes["transpose_b"]
        case "Cast":
            let isFloat = ["f16", "bf16", "f32", "f64"].contains(node.attributes["destination_type"]?.text ?? "")
            node.attributes["to"] = OnnxFile.Attribute(integer: isFloat ? 1 : 7)
        case "Slice": try adaptSlice(&node)
        default: break
        }
    }

    private static func adaptKernel(_ node: inout OnnxFile.Node) throws(FormatError) {
        let automatic = ["same_upper": "SAME_UPPER", "same_lower": "SAME_LOWER", "valid": "VALID"]
        let rule = node.attributes["auto_pad"]?.text.lowercased() ?? "explicit"
        guard automatic[rule] != nil || ["explicit", "notset"].contains(rule) else {
            throw FormatError("not supported: an auto_pad of \(shortened(rule))")
        }
        node.attributes["auto_pad"] = OnnxFile.Attribute(text: automatic[rule] ?? "NOTSET")
        let pads = (node.attributes["pads_begin"]?.integers ?? []) + (node.attributes["pads_end"]?.integers ?? [])
        if !pads.isEmpty { node.attributes["pads"] = OnnxFile.Attribute(integers: pads) }
        guard node.operation != "Conv" else { return }
        guard let kernel = node.attributes["kernel"] else { throw FormatError("its kernel is missing") }
        node.attributes["kernel_shape"] = kernel
        let rounding = node.attributes["rounding_type"]?.text ?? "floor"
        node.attributes["ceil_mode"] = OnnxFile.Attribute(integer: rounding == "floor" ? 0 : 1)
        let excludes = node.attributes["exclude-pad"]?.integer ?? 1 != 0
        node.attributes["count_include_pad"] = OnnxFile.Attribute(integer: excludes ? 0 : 1)
    }

    /// Puts the inputs of a slice in ONNX's order, and rejects masks that change the dimensions.
    private static func adaptSlice(_ node: inout OnnxFile.Node) throws(FormatError) {
        if node.inputs.count == 4 { node.inputs.insert("", at: 3) }
        for mask in ["new_axis_mask", "shrink_axis_mask", "ellipsis_mask"] {
            guard node.attributes[mask]?.integers.allSatisfy({ $0 == 0 }) ?? true else {
                throw FormatError("not supported: a slice with a \(mask)")
            }
        }
    }

    // MARK: - Text

    /// Parses a list of values that commas separate.
    ///
    /// - Throws: ``FormatError`` if there are too many, or one is malformed.
    static func list(_ text: String, _ parse: (Substring) -> Int?) throws(FormatError) -> [Int] {
        var values: [Int] = []
        for part in text.split(separator: ",") {
            guard let value = parse(OnnxFile.Attribute.trimmed(part)), values.count < StoredTensor.mostDimensions else {
                throw FormatError("a shape of \"\(shortened(text))\" is impossible")
            }
            values.append(value)
        }
        return values
    }
}

extension OnnxFile.Attribute {
    /// Upper limit of the values in a list.
    private static let mostValues = 1 << 12

    /// Creates an attribute of a text: the values of every type that it can be.
    init(text: String) {
        self.init()
        self.text = text
        if text == "true" || text == "false" {
            integer = text == "true" ? 1 : 0
            return
        }
        let parts = text.split(separator: ",", maxSplits: Self.mostValues).map(Self.trimmed)
        integers = parts.compactMap { Int($0) }
        floats = parts.compactMap { Float($0) }
        if integers.count != parts.count { integers = [] }
        if floats.count != parts.count { floats = [] }
        integer = integers.first ?? 0
        float = floats.first ?? 0
    }

    init(integer: Int) {
        self.init()
        self.integer = integer
    }

    init(float: Float) {
        self.init()
        self.float = float
    }

    init(integers: [Int]) {
        self.init()
        self.integers = integers
    }

    /// Returns a text without the spaces around it.
    static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return text
    }
}
