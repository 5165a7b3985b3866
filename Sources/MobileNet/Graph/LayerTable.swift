/// Row of a network's layer table, as the papers print it: a layer with the batch normalization and the activation
/// behind it.
public struct LayerRow: Sendable {
    /// Name of the layer in the graph.
    public let name: String
    /// Type, such as `Conv`, `Conv dw` or `FC`.
    public let type: String
    /// Stride in both directions, in pixels; `nil` for a layer without a kernel.
    public let stride: (vertical: Int, horizontal: Int)?
    /// Shape of the filter: `[height, width, inputs, outputs]` of a convolution, `[height, width, channels]` of a
    /// depthwise convolution, `[height, width]` of a pooling, `[inputs, outputs]` of a fully connected layer.
    public let filter: [Int]
    /// Shape of the input.
    public let input: Shape
    /// Shape of the output.
    public internal(set) var output: Shape
    /// Activation function; `linear` if there is none.
    public internal(set) var activation: Activation
    /// Number of learned parameters, including those of the batch normalization.
    public internal(set) var parameters: Int
    /// Multiply-adds for one image.
    public let multiplyAdds: Int

    init(_ node: Graph.Node) {
        name = node.name
        type = node.layer.typeName
        stride = node.stride
        filter = node.filter
        input = node.inputShape
        output = node.shape
        activation = if case .activation(let function) = node.layer { function } else { .linear }
        parameters = node.learnedParameterCount
        multiplyAdds = node.multiplyAdds
    }

    /// Type and stride, such as `Conv dw / s2`.
    public var typeAndStride: String {
        guard let stride else { return type }
        return stride.vertical == stride.horizontal
            ? "\(type) / s\(stride.vertical)" : "\(type) / s\(stride.vertical)×\(stride.horizontal)"
    }

    /// Filter shape, such as `3 × 3 × 32 dw` or `Pool 7 × 7`.
    public var filterShape: String {
        let extents = filter.map(String.init).joined(separator: " × ")
        return switch type {
        case Self.depthwise: extents + " dw"
        case Self.averagePool, Self.maxPool: "Pool " + extents
        default: extents
        }
    }

    fileprivate static let depthwise = "Conv dw"
    fileprivate static let averagePool = "Avg Pool"
    fileprivate static let maxPool = "Max Pool"
}

extension Graph {
    /// Layer table of the network.
    public var table: [LayerRow] {
        var rows: [LayerRow] = []
        // The row that ends with a value, as long as one layer alone reads the value.
        var rowOfValue: [Int: Int] = [:]
        let users = users()
        for (index, node) in nodes.enumerated().dropFirst() {
            if let row = node.inputs.first.flatMap({ rowOfValue[$0.index] }), rows[row].merge(node) {
                rowOfValue[index] = users[index].count == 1 ? row : nil
                continue
            }
            rows.append(LayerRow(node))
            if users[index].count == 1 { rowOfValue[index] = rows.count - 1 }
        }
        return rows
    }
}

extension LayerRow {
    /// Merges a batch normalization or an activation into the row, and returns whether it did.
    fileprivate mutating func merge(_ node: Graph.Node) -> Bool {
        guard activation == .linear, !filter.isEmpty || type == "Add" else { return false }
        if case .normalization = node.layer, filter.count > 2 {
            parameters += node.learnedParameterCount
            return true
        }
        guard case .activation(let function) = node.layer else { return false }
        activation = function
        return true
    }
}

extension Graph.Node {
    fileprivate var learnedParameterCount: Int {
        parameters.filter(\.isLearned).reduce(0) { $0 + $1.count }
    }

    private var kernel: KernelGeometry? {
        switch layer {
        case .convolution(_, let kernel, _), .depthwise(let kernel, _), .transposedConvolution(_, let kernel, _),
            .averagePool(let kernel), .maxPool(let kernel):
            kernel
        case .input, .dense, .normalization, .activation, .add, .multiply, .globalAveragePool, .upsample,
            .concatenation, .reshape, .rowConcatenation, .softmax, .quantize, .dequantize, .detections:
            nil
        }
    }

    fileprivate var stride: (vertical: Int, horizontal: Int)? {
        switch layer {
        case .dense, .globalAveragePool, .softmax: (1, 1)
        case .convolution, .depthwise, .transposedConvolution, .averagePool, .maxPool:
            kernel.map { ($0.verticalStride, $0.horizontalStride) }
        case .input, .normalization, .activation, .add, .multiply, .upsample, .concatenation, .reshape,
            .rowConcatenation, .quantize, .dequantize, .detections:
            nil
        }
    }

    fileprivate var filter: [Int] {
        switch layer {
        case .dense(let outputs): [inputShape.channels, outputs]
        case .globalAveragePool: [inputShape.height, inputShape.width]
        case .convolution(let outputs, let kernel, _), .transposedConvolution(let outputs, let kernel, _):
            [kernel.height, kernel.width, inputShape.channels, outputs]
        case .depthwise(let kernel, _): [kernel.height, kernel.width, inputShape.channels]
        case .averagePool(let kernel), .maxPool(let kernel): [kernel.height, kernel.width]
        case .input, .normalization, .activation, .add, .multiply, .upsample, .concatenation, .reshape,
            .rowConcatenation, .softmax, .quantize, .dequantize, .detections:
            []
        }
    }
}

extension Layer {
    /// Name in the papers' tables, or the usual name of the operation.
    var typeName: String {
        switch self {
        case .input: "Input"
        case .convolution: "Conv"
        case .depthwise: LayerRow.depthwise
        case .transposedConvolution: "Conv transposed"
        case .dense: "FC"
        case .normalization: "Batch norm"
        case .activation: "Activation"
        case .add: "Add"
        case .multiply: "Multiply"
        case .globalAveragePool, .averagePool: LayerRow.averagePool
        case .maxPool: LayerRow.maxPool
        case .upsample: "Upsample"
        case .concatenation, .rowConcatenation: "Concatenate"
        case .reshape: "Reshape"
        case .softmax: "Softmax"
        case .quantize: "Quantize"
        case .dequantize: "Dequantize"
        case .detections: "Detections"
        }
    }
}
