/// One line of a network's table, as the papers print it: a layer with parameters together with the batch
/// normalisation and the non-linearity behind it, or a layer of another kind.
public struct LayerRow: Sendable {
    /// The layer's name in the graph.
    public let name: String
    /// As `Conv`, `Conv dw`, `FC`.
    public let type: String
    /// How far the window moves, downwards and to the right; `nil` for what has no window.
    public let stride: (vertical: Int, horizontal: Int)?
    /// Height and width of the window, channels that go in, channels that come out, or fewer: of a depthwise
    /// convolution no more than the first three, of a pool the first two.
    public let filter: [Int]
    /// What goes in.
    public let input: Shape
    /// What comes out.
    public internal(set) var output: Shape
    /// The non-linearity; `linear` if there is none.
    public internal(set) var activation: Activation
    /// Learned weights, those of the batch normalisation included.
    public internal(set) var parameters: Int
    /// Multiplications and additions for one image, counted in pairs.
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

    /// Type and stride, as `Conv dw / s2`.
    public var typeAndStride: String {
        guard let stride else { return type }
        return stride.vertical == stride.horizontal
            ? "\(type) / s\(stride.vertical)" : "\(type) / s\(stride.vertical)×\(stride.horizontal)"
    }

    /// As `3 × 3 × 32 dw`, or `Pool 7 × 7`.
    public var filterShape: String {
        let numbers = filter.map(String.init).joined(separator: " × ")
        return switch type {
        case Self.depthwise: numbers + " dw"
        case Self.averagePool, Self.maxPool: "Pool " + numbers
        default: numbers
        }
    }

    fileprivate static let depthwise = "Conv dw"
    fileprivate static let averagePool = "Avg Pool"
    fileprivate static let maxPool = "Max Pool"
}

extension Graph {
    /// The network's table.
    public var table: [LayerRow] {
        var rows: [LayerRow] = []
        // The row that ends with a value, while nothing else reads the value.
        var rowOfValue: [Int: Int] = [:]
        let users = users()
        for (index, node) in nodes.enumerated().dropFirst() {
            if let row = node.inputs.first.flatMap({ rowOfValue[$0.index] }), rows[row].takes(node) {
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
    /// Takes batch normalisation or a non-linearity along.
    fileprivate mutating func takes(_ node: Graph.Node) -> Bool {
        guard activation == .linear, !filter.isEmpty || type == "Add" else { return false }
        switch node.layer {
        case .normalization where filter.count > 2: parameters += node.learnedParameterCount
        case .activation(let function): activation = function
        default: return false
        }
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
        default: nil
        }
    }

    fileprivate var stride: (vertical: Int, horizontal: Int)? {
        switch layer {
        case .dense, .globalAveragePool, .softmax: (1, 1)
        default: kernel.map { ($0.verticalStride, $0.horizontalStride) }
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
        default: []
        }
    }
}

extension Layer {
    /// What the papers call it, or what is short and plain.
    fileprivate var typeName: String {
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
        case .concatenation, .stack: "Concatenate"
        case .rows: "Reshape"
        case .softmax: "Softmax"
        case .quantize: "Quantize"
        case .dequantize: "Dequantize"
        case .detections: "Detections"
        }
    }
}
